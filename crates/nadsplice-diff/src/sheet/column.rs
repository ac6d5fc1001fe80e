/// What a column of a sample sheet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Names of the samples.
    Sample,
    /// Paths of alignments.
    Alignments,
    /// Paths of counts.
    Counts,
    /// Paths of junction tables.
    Junctions,
    /// What a junction table of many samples calls them.
    TableId,
    /// Strandedness of the libraries.
    Strandedness,
    /// Paths that other programs need: FASTQ files, alignments to transcripts.
    OtherFile,
    /// A factor or covariate.
    Variable,
    /// Not of the sheet: measured in the samples, and of use as a covariate.
    Measured,
}

impl Role {
    pub(super) fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "sample" => Self::Sample,
            "bam" | "genome_bam" => Self::Alignments,
            "counts" => Self::Counts,
            "junctions" => Self::Junctions,
            "rail_id" => Self::TableId,
            "strandedness" => Self::Strandedness,
            "fastq_1" | "fastq_2" | "transcriptome_bam" => Self::OtherFile,
            _ => Self::Variable,
        }
    }
}

/// A column of a sample sheet.
///
/// It is numeric when every cell that has a value is a finite number, else a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    name: String,
    role: Role,
    cells: Vec<Option<String>>,
    numbers: Option<Vec<Option<f64>>>,
}

impl Column {
    pub(super) fn new(name: String, role: Role, cells: Vec<Option<String>>) -> Self {
        let numbers = cells
            .iter()
            .map(|cell| match cell {
                None => Some(None),
                Some(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Some),
            })
            .collect::<Option<Vec<_>>>()
            .filter(|numbers| numbers.iter().any(Option::is_some));
        Self { name, role, cells, numbers }
    }

    /// The name in the header.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the column is for.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// One cell a sample; `None` where it is empty, `NA`, `N/A` or `NaN`.
    pub fn cells(&self) -> &[Option<String>] {
        &self.cells
    }

    /// One number a sample, `None` where it is missing; nothing when the column is a factor.
    pub fn numbers(&self) -> Option<&[Option<f64>]> {
        self.numbers.as_deref()
    }

    /// Whether the column is numeric.
    pub const fn is_numeric(&self) -> bool {
        self.numbers.is_some()
    }

    /// The distinct values as they stand in the sheet, in order of appearance.
    pub fn levels(&self) -> Vec<&str> {
        let mut levels = Vec::new();
        for cell in self.cells.iter().flatten() {
            if !levels.contains(&cell.as_str()) {
                levels.push(cell.as_str());
            }
        }
        levels
    }
}

/// The value of a cell, unless it says that there is none.
pub(super) fn value(cell: &str) -> Option<&str> {
    (!matches!(cell, "" | "NA" | "N/A" | "NaN" | "nan")).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Column {
        let cells = cells.iter().map(|cell| value(cell).map(str::to_owned)).collect();
        Column::new("x".to_owned(), Role::of("x"), cells)
    }

    #[test]
    fn a_column_is_numeric_when_all_its_values_are() {
        assert_eq!(column(&["1", "NA", "2.5"]).numbers(), Some(&[Some(1.0), None, Some(2.5)][..]));
        assert!(!column(&["1", "two"]).is_numeric());
        assert!(!column(&["1", "inf"]).is_numeric());
        assert!(!column(&["", "NA"]).is_numeric());
    }

    #[test]
    fn levels_stand_in_order_of_appearance() {
        assert_eq!(column(&["young", "", "old", "young"]).levels(), ["young", "old"]);
    }
}
