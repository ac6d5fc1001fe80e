//! Every output row type, its documentation and its TSV form.
