//! How the generated stubs spell types that `PyO3` cannot derive.
//!
//! Names of Python types go in, the expressions of `_ferrule.pyi` come out. It does not know what
//! is done with the values.

use pyo3::{inspect::PyStaticExpr, type_hint_identifier, type_hint_subscript, type_hint_union};

pub const ANY: PyStaticExpr = type_hint_identifier!("typing", "Any");
pub const STR: PyStaticExpr = type_hint_identifier!("builtins", "str");
pub const BYTES: PyStaticExpr = type_hint_identifier!("builtins", "bytes");
const INT: PyStaticExpr = type_hint_identifier!("builtins", "int");
const FLOAT: PyStaticExpr = type_hint_identifier!("builtins", "float");
pub const TUPLE: PyStaticExpr = type_hint_identifier!("builtins", "tuple");
pub const LITERAL: PyStaticExpr = type_hint_identifier!("typing", "Literal");
const LIST: PyStaticExpr = type_hint_identifier!("builtins", "list");
const DICT: PyStaticExpr = type_hint_identifier!("builtins", "dict");
const SEQUENCE: PyStaticExpr = type_hint_identifier!("collections.abc", "Sequence");
const MAPPING: PyStaticExpr = type_hint_identifier!("collections.abc", "Mapping");
pub const AWAITABLE: PyStaticExpr = type_hint_identifier!("collections.abc", "Awaitable");
const SET: PyStaticExpr = type_hint_identifier!("collections.abc", "Set");
const PATTERN: PyStaticExpr = type_hint_identifier!("re", "Pattern");
const PATH_LIKE: PyStaticExpr = type_hint_identifier!("os", "PathLike");

/// A JSON object, as it is accepted and as it is given.
pub const OBJECT_IN: PyStaticExpr = type_hint_subscript!(MAPPING, STR, ANY);
pub const OBJECT_OUT: PyStaticExpr = type_hint_subscript!(DICT, STR, ANY);

pub const MESSAGES_IN: PyStaticExpr =
    type_hint_union!(STR, type_hint_subscript!(SEQUENCE, OBJECT_IN));
pub const MESSAGES_OUT: PyStaticExpr =
    type_hint_union!(STR, type_hint_subscript!(LIST, OBJECT_OUT));

/// Each one JSON text or one object.
pub const TOOLS_IN: PyStaticExpr = type_hint_subscript!(SEQUENCE, type_hint_union!(STR, OBJECT_IN));
pub const TOOLS_OUT: PyStaticExpr = type_hint_subscript!(LIST, type_hint_union!(STR, OBJECT_OUT));

pub const OBJECTS_IN: PyStaticExpr = type_hint_subscript!(SEQUENCE, OBJECT_IN);
pub const OBJECTS_OUT: PyStaticExpr = type_hint_subscript!(LIST, OBJECT_OUT);

/// A text, a schema, a Pydantic model (which is no type of ours), or texts to choose from.
pub const PATTERN_IN: PyStaticExpr =
    type_hint_union!(STR, OBJECT_IN, type_hint_subscript!(SEQUENCE, STR), ANY);
pub const PATTERN_OUT: PyStaticExpr =
    type_hint_union!(STR, OBJECT_OUT, type_hint_subscript!(LIST, STR));

/// What is to become vectors.
pub const INPUTS_IN: PyStaticExpr = type_hint_union!(
    STR,
    type_hint_subscript!(SEQUENCE, STR),
    type_hint_subscript!(SEQUENCE, INT),
    type_hint_subscript!(SEQUENCE, type_hint_subscript!(SEQUENCE, INT))
);

pub const BIAS_IN: PyStaticExpr = type_hint_union!(
    type_hint_subscript!(MAPPING, INT, FLOAT),
    type_hint_subscript!(MAPPING, STR, FLOAT)
);
pub const BIAS_OUT: PyStaticExpr = type_hint_subscript!(DICT, INT, FLOAT);

pub const TEXTS_IN: PyStaticExpr = type_hint_union!(STR, type_hint_subscript!(SEQUENCE, STR));
pub const TEXTS_OUT: PyStaticExpr = type_hint_subscript!(LIST, STR);

pub const PROMPT_IN: PyStaticExpr = type_hint_union!(STR, type_hint_subscript!(SEQUENCE, INT));
pub const PROMPT_OUT: PyStaticExpr = type_hint_union!(STR, type_hint_subscript!(LIST, INT));

pub const PLACE_IN: PyStaticExpr = type_hint_union!(STR, type_hint_subscript!(PATH_LIKE, STR));

pub const STRS_IN: PyStaticExpr = type_hint_subscript!(SEQUENCE, STR);
pub const PLACES_IN: PyStaticExpr = type_hint_subscript!(SEQUENCE, PLACE_IN);

/// Names whose order means nothing.
pub const NAMES_IN: PyStaticExpr = type_hint_union!(
    type_hint_subscript!(SET, STR),
    type_hint_subscript!(SEQUENCE, STR)
);
pub const PATTERNS_IN: PyStaticExpr = type_hint_subscript!(
    SEQUENCE,
    type_hint_union!(STR, type_hint_subscript!(PATTERN, STR))
);
pub const AUDIT: PyStaticExpr = type_hint_identifier!("ferrule.audit", "ToolExecutionAudit");
pub const AUDIT_CALLBACK: PyStaticExpr = type_hint_identifier!("ferrule.audit", "AuditCallback");

/// A conversation, a user's message or tokens.
pub const ASKED_IN: PyStaticExpr = type_hint_union!(
    STR,
    type_hint_subscript!(SEQUENCE, OBJECT_IN),
    type_hint_subscript!(SEQUENCE, INT)
);

/// A model's place, or all that is to be said of it.
pub const MODEL_IN: PyStaticExpr = type_hint_union!(PLACE_IN, WHICH);
pub const WHICH: PyStaticExpr = type_hint_identifier!("ferrule.which", "Which");

/// A word, or an object that names tools.
pub const CHOICE_IN: PyStaticExpr = type_hint_union!(STR, OBJECT_IN);
pub const CHOICE_OUT: PyStaticExpr = type_hint_union!(STR, OBJECT_OUT);
