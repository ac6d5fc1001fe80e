//! A figure's file.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use nadsplice_report::svg::{Drawing, FONT_STACK};
use nadsplice_table::OutputFile;

/// Format of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PictureFormat {
    /// Scalable, with text as text: for papers, Inkscape and Illustrator.
    Svg,
    /// Pixels, twice as many as the figure has units. Only in programs built with `--features pictures`.
    Png,
    /// Only in programs built with `--features pictures`.
    Pdf,
}

impl PictureFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

/// Where a figure goes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct PictureArgs {
    /// File of the figure [default: in RESULTS/figures, named by what it shows].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format [default: by the file's name, else svg].
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<PictureFormat>,
    /// Overwrite files that this program did not make.
    #[arg(long)]
    force: bool,
}

impl PictureArgs {
    /// Refuses formats that this program cannot write, before any work.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.format() {
            PictureFormat::Svg => Ok(()),
            format => conversion::check(format),
        }
    }

    fn format(&self) -> PictureFormat {
        let by_name = || {
            let extension = self.output.as_ref()?.extension()?.to_str()?.to_ascii_lowercase();
            [PictureFormat::Png, PictureFormat::Pdf].into_iter().find(|f| f.extension() == extension)
        };
        self.format.or_else(by_name).unwrap_or(PictureFormat::Svg)
    }

    /// Writes a figure; `name` is its file's name where the user names none, in `results/figures` or in the working
    /// folder. Returns the file.
    pub(crate) fn write(
        &self,
        drawing: &Drawing,
        results: Option<&Path>,
        name: &str,
    ) -> anyhow::Result<PathBuf> {
        let format = self.format();
        let path = match (&self.output, results) {
            (Some(path), _) => path.clone(),
            (None, Some(results)) => {
                let folder = results.join("figures");
                std::fs::create_dir_all(&folder)
                    .with_context(|| format!("could not make folder `{}`", folder.display()))?;
                folder.join(file_name(name, format))
            }
            (None, None) => PathBuf::from(file_name(name, format)),
        };
        let svg = drawing.standalone();
        let bytes = match format {
            PictureFormat::Svg => svg.into_bytes(),
            _ => conversion::convert(&svg, format)?,
        };
        if !self.force && path.exists() && !is_ours(&path, format)? {
            bail!(
                "will not overwrite `{}`, which is no figure of this program\nhint: --force overwrites it",
                path.display()
            );
        }
        let mut file = OutputFile::create(&path)?;
        file.append(&bytes)?;
        file.finish()?;
        Ok(path)
    }
}

/// Names of genes and events as part of a file's name.
fn file_name(name: &str, format: PictureFormat) -> String {
    let safe = |c: char| if c.is_alphanumeric() || "-_.+".contains(c) { c } else { '_' };
    let stem: String = name.chars().map(safe).take(120).collect();
    format!("{stem}.{}", format.extension())
}

/// Whether a file begins as this program's figures do.
fn is_ours(path: &Path, format: PictureFormat) -> anyhow::Result<bool> {
    let mut start = Vec::new();
    let could_not = || format!("could not read `{}`", path.display());
    File::open(path).with_context(could_not)?.take(600).read_to_end(&mut start).with_context(could_not)?;
    Ok(match format {
        PictureFormat::Svg => String::from_utf8_lossy(&start).contains(FONT_STACK),
        // Nothing in these says who made them.
        PictureFormat::Png | PictureFormat::Pdf => false,
    })
}

#[cfg(feature = "pictures")]
mod conversion {
    use anyhow::{Context, bail};
    use resvg::{tiny_skia, usvg};

    use super::PictureFormat;

    /// Pixels for each unit of the figure.
    const PIXELS: f32 = 2.0;

    #[allow(clippy::unnecessary_wraps, reason = "a program without pictures refuses here")]
    pub(super) fn check(_: PictureFormat) -> anyhow::Result<()> {
        Ok(())
    }

    pub(super) fn convert(svg: &str, format: PictureFormat) -> anyhow::Result<Vec<u8>> {
        match format {
            PictureFormat::Svg => Ok(svg.as_bytes().to_vec()),
            PictureFormat::Png => png(svg),
            PictureFormat::Pdf => pdf(svg),
        }
    }

    fn no_font() -> anyhow::Error {
        anyhow::anyhow!(
            "no font was found, so the text of the figure could not be drawn\n\
             hint: install one (Debian: fonts-liberation or fonts-dejavu-core), or take --format svg"
        )
    }

    fn png(svg: &str) -> anyhow::Result<Vec<u8>> {
        let mut options = usvg::Options::default();
        options.fontdb_mut().load_system_fonts();
        if options.fontdb.is_empty() {
            return Err(no_font());
        }
        let tree = usvg::Tree::from_str(svg, &options).context("could not draw the figure")?;
        let size = tree.size().to_int_size().scale_by(PIXELS);
        let pixels = size.and_then(|size| tiny_skia::Pixmap::new(size.width(), size.height()));
        let Some(mut pixels) = pixels else { bail!("the figure is too large for pixels") };
        resvg::render(&tree, tiny_skia::Transform::from_scale(PIXELS, PIXELS), &mut pixels.as_mut());
        pixels.encode_png().context("could not write the figure's pixels")
    }

    fn pdf(svg: &str) -> anyhow::Result<Vec<u8>> {
        use svg2pdf::usvg;
        let mut options = usvg::Options::default();
        options.fontdb_mut().load_system_fonts();
        if options.fontdb.is_empty() {
            return Err(no_font());
        }
        let tree = usvg::Tree::from_str(svg, &options).context("could not draw the figure")?;
        svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), svg2pdf::PageOptions::default())
            .map_err(|error| anyhow::anyhow!("could not write the figure as PDF: {error}"))
    }
}

#[cfg(not(feature = "pictures"))]
mod conversion {
    use anyhow::bail;

    use super::PictureFormat;

    pub(super) fn check(format: PictureFormat) -> anyhow::Result<()> {
        let word = format.extension();
        bail!(
            "this program was built without `--features pictures`, so that it writes figures as SVG only, not as {word}\n\
             hint: take --format svg, and turn the file into {word} by \
             `rsvg-convert --format {word} --zoom 2 figure.svg -o figure.{word}` (Debian: librsvg2-bin)"
        )
    }

    pub(super) fn convert(_: &str, format: PictureFormat) -> anyhow::Result<Vec<u8>> {
        check(format).map(|()| Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        assert_eq!(file_name("sashimi_../a:1-2:+", PictureFormat::Svg), "sashimi_.._a_1-2_+.svg");
    }

    #[test]
    fn the_format_follows_the_name_of_the_file() {
        let of =
            |output: &str, format| PictureArgs { output: Some(output.into()), format, force: false }.format();
        assert_eq!(of("a.PNG", None), PictureFormat::Png);
        assert_eq!(of("a.txt", None), PictureFormat::Svg);
        assert_eq!(of("a.png", Some(PictureFormat::Pdf)), PictureFormat::Pdf);
    }
}
