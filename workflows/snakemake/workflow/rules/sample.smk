rule check:
    input:
        sheet=config["samples"],
        gtf=config["gtf"],
        alignments=[
            beside_sheet(row["bam"]) for row in SAMPLES.values() if row.get("bam")
        ],
    output:
        f"{OUTDIR}/check.txt",
    log:
        f"{LOGS}/check.log",
    retries: config["retries"]
    conda:
        "../envs/nadsplice.yaml"
    threads: config["threads"]["cohort"]
    resources:
        mem_mb=cohort_memory,
        runtime=cohort_minutes,
    params:
        program=config["nadsplice"],
        design=design(),
        extra=config["extra"]["count"],
        pass_over="true" if config["allow_missing"] else "false",
    shell:
        "{params.program:q} check --threads {threads} --samples {input.sheet:q} --gtf {input.gtf:q}"
        " {params.design} {params.extra} > {output:q} 2> {log:q} || {params.pass_over}"


rule count_sample:
    input:
        alignments=alignments,
        gtf=config["gtf"],
        check=ancient(f"{OUTDIR}/check.txt") if config["check"] else [],
    output:
        f"{OUTDIR}/counts/{{sample}}.counts",
    log:
        f"{LOGS}/count_sample/{{sample}}.log",
    benchmark:
        f"{BENCHMARKS}/count_sample/{{sample}}.tsv"
    retries: config["retries"]
    conda:
        "../envs/nadsplice.yaml"
    threads: config["threads"]["count"]
    resources:
        mem_mb=count_memory,
        runtime=count_minutes,
        attempts_left=lambda wildcards, attempt: config["retries"] + 1 - attempt,
    params:
        program=config["nadsplice"],
        extra=config["extra"]["count"],
        # An empty file stands for counts that are missing: quantify leaves the sample out.
        give_up="true" if config["allow_missing"] else "false",
    shell:
        "{params.program:q} count --threads {threads} --gtf {input.gtf:q} --sample {wildcards.sample:q}"
        " --output {output:q} {params.extra} {input.alignments:q} 2> {log:q}"
        " || {{ {params.give_up} && test {resources.attempts_left} -eq 0 && : > {output:q}; }}"
