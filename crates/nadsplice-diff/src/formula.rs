//! Model formulas: `~ condition*sex + age`.

use std::fmt;

/// A variable of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable {
    /// Column of the sample sheet.
    pub name: String,
    /// Whether numbers are names of groups: `factor(name)`.
    pub as_factor: bool,
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.as_factor { write!(f, "factor({})", self.name) } else { f.write_str(&self.name) }
    }
}

/// A term of a model: one variable, or the interaction of several.
#[derive(Clone, Debug, Eq)]
pub struct Term(Vec<Variable>);

impl Term {
    /// The term of one variable.
    pub fn main(name: &str) -> Self {
        Self(vec![Variable { name: name.to_owned(), as_factor: false }])
    }

    /// The variables, each once, in the order in which they were named.
    pub fn variables(&self) -> &[Variable] {
        &self.0
    }

    /// Whether the term has this variable.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|v| v.name == name)
    }

    pub(crate) fn variables_mut(&mut self) -> &mut [Variable] {
        &mut self.0
    }

    /// The term without its variable at `position`.
    pub(crate) fn without(&self, position: usize) -> Self {
        let mut variables = self.0.clone();
        variables.remove(position);
        Self(variables)
    }

    fn interaction(&self, other: &Self) -> Self {
        let mut variables = self.0.clone();
        for variable in &other.0 {
            if !self.has(&variable.name) {
                variables.push(variable.clone());
            }
        }
        Self(variables)
    }
}

impl PartialEq for Term {
    /// The order of variables does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|v| other.has(&v.name))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(Variable::to_string).collect();
        f.write_str(&names.join(":"))
    }
}

/// The terms of a model, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The terms beside the intercept, in the order of the text; of `a*b` these are `a`, `b` and `a:b`.
    pub terms: Vec<Term>,
    /// Whether the intercept was left out with `0` or `-1`.
    pub without_intercept: bool,
}

/// A formula that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("formula `{text}`, character {position}: {problem}")]
pub struct FormulaError {
    /// The formula.
    pub text: String,
    /// Character of the text, from 1.
    pub position: usize,
    /// What is wrong there.
    pub problem: String,
}

impl Formula {
    /// Reads names, `+`, `*`, `:`, `1`, `0`, `-1` and `factor(name)`, with or without a leading `~`. A name that
    /// holds other characters than letters, digits, `_` and `.` stands between backticks.
    ///
    /// # Errors
    /// The first character that does not fit, with its position.
    ///
    /// ```
    /// use nadsplice_diff::Formula;
    ///
    /// let formula = Formula::parse("~ condition*sex + age")?;
    /// let terms: Vec<String> = formula.terms.iter().map(ToString::to_string).collect();
    /// assert_eq!(terms, ["condition", "sex", "condition:sex", "age"]);
    /// # Ok::<(), nadsplice_diff::FormulaError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let mut parser = Parser { text, characters: text.chars().collect(), at: 0 };
        parser.skip("~");
        let mut formula = Self { terms: Vec::new(), without_intercept: false };
        loop {
            parser.summand(&mut formula)?;
            match parser.peek() {
                None => return Ok(formula),
                Some('+') => parser.at += 1,
                Some('-') => {}
                Some(other) => return Err(parser.error(format!("expected `+`, `*` or `:`, found `{other}`"))),
            }
        }
    }

    /// Reads a single term, such as `condition:sex`.
    ///
    /// # Errors
    /// As [`Formula::parse`], and when there are several terms or none.
    pub fn parse_term(text: &str) -> Result<Term, FormulaError> {
        let formula = Self::parse(text)?;
        match <[Term; 1]>::try_from(formula.terms) {
            Ok([term]) => Ok(term),
            Err(terms) => Err(FormulaError {
                text: text.to_owned(),
                position: 1,
                problem: format!("expected one term, found {}", terms.len()),
            }),
        }
    }

    fn add(&mut self, term: Term) {
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    characters: Vec<char>,
    at: usize,
}

impl Parser<'_> {
    fn error(&self, problem: impl Into<String>) -> FormulaError {
        FormulaError { text: self.text.to_owned(), position: self.at + 1, problem: problem.into() }
    }

    /// The next character that is no blank.
    fn peek(&mut self) -> Option<char> {
        while self.characters.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.characters.get(self.at).copied()
    }

    fn skip(&mut self, symbol: &str) -> bool {
        let found = self.peek().is_some_and(|c| symbol.contains(c));
        self.at += usize::from(found);
        found
    }

    /// A number of the intercept, or products of variables.
    fn summand(&mut self, formula: &mut Formula) -> Result<(), FormulaError> {
        let minus = self.skip("-");
        match self.peek() {
            Some(digit @ ('0' | '1')) => {
                self.at += 1;
                if self.characters.get(self.at).is_some_and(|&c| is_of_name(c)) {
                    return Err(self.error("only the numbers 0 and 1 have a meaning here"));
                }
                formula.without_intercept = (digit == '1') == minus;
                return Ok(());
            }
            _ if minus => return Err(self.error("only `- 1` can be taken away")),
            _ => {}
        }
        let mut terms = vec![self.interaction()?];
        while self.skip("*") {
            let factor = self.interaction()?;
            let crossed: Vec<Term> = terms.iter().map(|t| t.interaction(&factor)).collect();
            terms.push(factor);
            terms.extend(crossed);
        }
        for term in terms {
            formula.add(term);
        }
        Ok(())
    }

    fn interaction(&mut self) -> Result<Term, FormulaError> {
        let mut term = Term(vec![self.variable()?]);
        while self.skip(":") {
            term = term.interaction(&Term(vec![self.variable()?]));
        }
        Ok(term)
    }

    fn variable(&mut self) -> Result<Variable, FormulaError> {
        let name = self.name()?;
        if name == "factor" && self.skip("(") {
            let name = self.name()?;
            if !self.skip(")") {
                return Err(self.error("expected `)`"));
            }
            return Ok(Variable { name, as_factor: true });
        }
        Ok(Variable { name, as_factor: false })
    }

    fn name(&mut self) -> Result<String, FormulaError> {
        match self.peek() {
            None => Err(self.error("expected the name of a column, found the end")),
            Some('`') => {
                let rest = &self.characters[self.at + 1..];
                let Some(length) = rest.iter().position(|&c| c == '`') else {
                    return Err(self.error("the backtick has no partner"));
                };
                let name = rest[..length].iter().collect();
                self.at += length + 2;
                Ok(name)
            }
            Some(c) if is_of_name(c) => {
                let rest = &self.characters[self.at..];
                let length = rest.iter().position(|&c| !is_of_name(c)).unwrap_or(rest.len());
                self.at += length;
                Ok(rest[..length].iter().collect())
            }
            Some(c) => Err(self.error(format!("expected the name of a column, found `{c}`"))),
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        Formula::parse(text).unwrap().terms.iter().map(Term::to_string).collect()
    }

    fn problem(text: &str) -> String {
        Formula::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_star_stands_for_its_parts() {
        assert_eq!(terms("a*b*c"), ["a", "b", "a:b", "c", "a:c", "b:c", "a:b:c"]);
        assert_eq!(terms("a + b:a + a:b + a"), ["a", "b:a"]);
        assert_eq!(terms("~a*a"), ["a"]);
    }

    #[test]
    fn names_may_be_quoted_and_numbers_be_groups() {
        assert_eq!(terms("`fat share` + factor(batch)"), ["fat share", "factor(batch)"]);
        assert_eq!(terms("factor + Größe_2.b"), ["factor", "Größe_2.b"]);
    }

    #[test]
    fn the_intercept_can_be_named_and_left_out() {
        assert!(!Formula::parse("~ 1 + a").unwrap().without_intercept);
        assert!(Formula::parse("0 + a").unwrap().without_intercept);
        assert!(Formula::parse("a - 1").unwrap().without_intercept);
        assert!(Formula::parse("~ 1").unwrap().terms.is_empty());
    }

    #[test]
    fn problems_have_a_position() {
        assert_eq!(
            problem("a +"),
            "formula `a +`, character 4: expected the name of a column, found the end"
        );
        assert_eq!(problem("a b"), "formula `a b`, character 3: expected `+`, `*` or `:`, found `b`");
        assert_eq!(
            problem("~ (a)"),
            "formula `~ (a)`, character 3: expected the name of a column, found `(`"
        );
        assert_eq!(problem("a - b"), "formula `a - b`, character 5: only `- 1` can be taken away");
        assert_eq!(problem("a + `b"), "formula `a + `b`, character 5: the backtick has no partner");
        assert_eq!(problem("factor(a"), "formula `factor(a`, character 9: expected `)`");
        assert_eq!(
            problem("a + 10"),
            "formula `a + 10`, character 6: only the numbers 0 and 1 have a meaning here"
        );
        let two = Formula::parse_term("a + b").unwrap_err();
        assert_eq!(two.to_string(), "formula `a + b`, character 1: expected one term, found 2");
    }
}
