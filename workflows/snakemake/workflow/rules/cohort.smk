if config["shards"] == 1:

    rule quantify:
        input:
            counts=counts_files(),
            sheet=config["samples"],
            gtf=config["gtf"],
            reference=config["reference"] or [],
            panel=config["panel"] if config["panel"] != "nad" else [],
        output:
            QUANTIFIED,
            events=report(
                f"{OUTDIR}/events.tsv",
                caption="../report/events.rst",
                category="Cohort",
            ),
            psi=report(
                f"{OUTDIR}/psi.tsv",
                caption="../report/psi.rst",
                category="Cohort",
            ),
            junctions=f"{OUTDIR}/junctions.tsv",
        log:
            f"{LOGS}/quantify.log",
        benchmark:
            f"{BENCHMARKS}/quantify.tsv"
        retries: config["retries"]
        conda:
            "../envs/nadsplice.yaml"
        threads: config["threads"]["cohort"]
        resources:
            mem_mb=quantify_memory,
            runtime=cohort_minutes,
        params:
            program=config["nadsplice"],
            outdir=subpath(output.events, parent=True),
            reference=options("--reference", config["reference"]),
            panel=options("--panel", config["panel"]),
            missing="--allow-missing" if config["allow_missing"] else "",
            extra=config["extra"]["quantify"],
        shell:
            "{params.program:q} quantify --threads {threads} --gtf {input.gtf:q} --samples {input.sheet:q}"
            " --output {params.outdir:q} {params.reference} {params.panel} {params.missing} {params.extra}"
            " {input.counts:q} 2> {log:q}"

else:

    rule quantify_shard:
        input:
            counts=counts_files(),
            sheet=config["samples"],
            gtf=config["gtf"],
            reference=config["reference"] or [],
            panel=config["panel"] if config["panel"] != "nad" else [],
        output:
            temp(directory(f"{OUTDIR}/shards/{{shard}}")),
        log:
            f"{LOGS}/quantify_shard/{{shard}}.log",
        benchmark:
            f"{BENCHMARKS}/quantify_shard/{{shard}}.tsv"
        retries: config["retries"]
        conda:
            "../envs/nadsplice.yaml"
        threads: config["threads"]["cohort"]
        resources:
            mem_mb=quantify_memory,
            runtime=cohort_minutes,
        params:
            program=config["nadsplice"],
            shards=config["shards"],
            reference=options("--reference", config["reference"]),
            panel=options("--panel", config["panel"]),
            missing="--allow-missing" if config["allow_missing"] else "",
            extra=config["extra"]["quantify"],
        shell:
            "{params.program:q} quantify --threads {threads} --gtf {input.gtf:q} --samples {input.sheet:q}"
            " --shard {wildcards.shard}/{params.shards} --output {output:q} {params.reference} {params.panel} {params.missing} {params.extra}"
            " {input.counts:q} 2> {log:q}"

    rule gather:
        input:
            collect(f"{OUTDIR}/shards/{{shard}}", shard=range(1, config["shards"] + 1)),
        output:
            QUANTIFIED,
            events=report(
                f"{OUTDIR}/events.tsv",
                caption="../report/events.rst",
                category="Cohort",
            ),
            psi=report(
                f"{OUTDIR}/psi.tsv",
                caption="../report/psi.rst",
                category="Cohort",
            ),
            junctions=f"{OUTDIR}/junctions.tsv",
        log:
            f"{LOGS}/gather.log",
        retries: config["retries"]
        conda:
            "../envs/nadsplice.yaml"
        resources:
            mem_mb=cohort_memory,
            runtime=cohort_minutes,
        params:
            program=config["nadsplice"],
            outdir=subpath(output.events, parent=True),
        shell:
            "{params.program:q} gather --output {params.outdir:q} {input:q} 2> {log:q}"


rule diff:
    input:
        QUANTIFIED,
        events=f"{OUTDIR}/events.tsv",
        junctions=f"{OUTDIR}/junctions.tsv",
        sheet=config["samples"],
    output:
        TESTED,
        differential=report(
            f"{OUTDIR}/differential.tsv",
            caption="../report/differential.rst",
            category="Differences",
        ),
        genes=report(
            f"{OUTDIR}/genes.tsv",
            caption="../report/genes.rst",
            category="Differences",
        ),
        clusters=report(
            f"{OUTDIR}/cluster_differential.tsv",
            caption="../report/clusters.rst",
            category="Differences",
        ),
    log:
        f"{LOGS}/diff.log",
    benchmark:
        f"{BENCHMARKS}/diff.tsv"
    retries: config["retries"]
    conda:
        "../envs/nadsplice.yaml"
    threads: config["threads"]["cohort"]
    resources:
        mem_mb=cohort_memory,
        runtime=cohort_minutes,
    params:
        program=config["nadsplice"],
        quantified=subpath(input.events, parent=True),
        outdir=subpath(output.differential, parent=True),
        design=design(),
        extra=config["extra"]["diff"],
    shell:
        "{params.program:q} diff --threads {threads} --quant {params.quantified:q} --samples {input.sheet:q}"
        " {params.design} --output {params.outdir:q} {params.extra} 2> {log:q}"


rule enrich:
    input:
        QUANTIFIED,
        TESTED,
        differential=f"{OUTDIR}/differential.tsv",
        genes=f"{OUTDIR}/genes.tsv",
        events=f"{OUTDIR}/events.tsv",
        psi=f"{OUTDIR}/psi.tsv",
        junctions=f"{OUTDIR}/junctions.tsv",
        gene_sets=config["gene_sets"],
        panel=config["panel"] if config["panel"] != "nad" else [],
    output:
        panel=report(
            f"{OUTDIR}/nad_panel.tsv",
            caption="../report/nad_panel.rst",
            category="Panel and gene sets",
        ),
        enrichment=report(
            f"{OUTDIR}/enrichment.tsv",
            caption="../report/enrichment.rst",
            category="Panel and gene sets",
        ),
        known=f"{OUTDIR}/known_events.tsv",
    log:
        f"{LOGS}/enrich.log",
    benchmark:
        f"{BENCHMARKS}/enrich.tsv"
    retries: config["retries"]
    conda:
        "../envs/nadsplice.yaml"
    threads: config["threads"]["cohort"]
    resources:
        mem_mb=cohort_memory,
        runtime=cohort_minutes,
    params:
        program=config["nadsplice"],
        quantified=subpath(input.events, parent=True),
        tested=subpath(input.differential, parent=True),
        outdir=subpath(output.panel, parent=True),
        gene_sets=options("--gmt", config["gene_sets"]),
        panel=options("--panel", config["panel"]),
        extra=config["extra"]["enrich"],
    shell:
        "{params.program:q} enrich --threads {threads} --quant {params.quantified:q} --diff {params.tested:q}"
        " --output {params.outdir:q} {params.panel} {params.gene_sets} {params.extra} 2> {log:q}"


rule counts_sheet:
    input:
        missing=f"{OUTDIR}/missing_samples.tsv",
        counts=counts_files(),
    output:
        f"{OUTDIR}/counts/sheet.tsv",
    log:
        f"{LOGS}/counts_sheet.log",
    localrule: True
    run:
        write_counts_sheet(output[0], input.missing)


rule figure_data:
    input:
        QUANTIFIED,
        events=f"{OUTDIR}/events.tsv",
        psi=f"{OUTDIR}/psi.tsv",
        junctions=f"{OUTDIR}/junctions.tsv",
        judged=(
            [TESTED, tables("differential", "genes", "nad_panel")]
            if config["contrasts"]
            else []
        ),
        sheet=f"{OUTDIR}/counts/sheet.tsv",
        gtf=config["gtf"],
        panel=config["panel"] if config["panel"] != "nad" else [],
    output:
        directory(f"{OUTDIR}/figures/data"),
    log:
        f"{LOGS}/figure_data.log",
    benchmark:
        f"{BENCHMARKS}/figure_data.tsv"
    retries: config["retries"]
    conda:
        "../envs/nadsplice.yaml"
    threads: config["threads"]["cohort"]
    resources:
        mem_mb=cohort_memory,
        runtime=cohort_minutes,
    params:
        program=config["nadsplice"],
        results=subpath(input.events, parent=True),
        panel=options("--panel", config["panel"]),
    shell:
        "{params.program:q} plot data --threads {threads} --results {params.results:q}"
        " --samples {input.sheet:q} --gtf {input.gtf:q} {params.panel} 2> {log:q}"


rule report:
    input:
        events=f"{OUTDIR}/events.tsv",
        figures=f"{OUTDIR}/figures/data",
        judged=(
            tables("nad_panel", "enrichment", "known_events")
            if config["contrasts"]
            else []
        ),
    output:
        report(
            f"{OUTDIR}/report.html",
            caption="../report/report.rst",
            category="Report",
        ),
    log:
        f"{LOGS}/report.log",
    retries: config["retries"]
    conda:
        "../envs/nadsplice.yaml"
    resources:
        mem_mb=cohort_memory,
        runtime=cohort_minutes,
    params:
        program=config["nadsplice"],
        results=subpath(input.events, parent=True),
    shell:
        "{params.program:q} report --results {params.results:q} 2> {log:q}"
