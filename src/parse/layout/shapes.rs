//! The shapes that several rows share.

use super::{Args, Index, Layout, Name, Params};

impl Layout {
    /// `{"name": "f", "arguments": {..}}`, one after another.
    pub(crate) const JSON: Layout = Layout {
        open: "",
        before_name: "{\"name\": ",
        name: Name::Json,
        index: Index::None,
        before_args: ", \"arguments\": ",
        args: Args::Json,
        after_args: "}",
        between: "\n",
        close: "",
        mark: None,
        copies: false,
        instead: &[],
    };

    /// `[{"name": "f", "arguments": {..}}, ..]`
    pub(crate) const ARRAY: Layout = Layout {
        open: "[",
        between: ", ",
        close: "]",
        ..Layout::JSON
    };

    /// JSON between tags.
    pub(crate) const HERMES: Layout = Layout {
        before_name: "<tool_call>\n{\"name\": ",
        after_args: "}\n</tool_call>",
        mark: Some("<tool_call>"),
        ..Layout::JSON
    };

    /// Elements named after functions and parameters, values on lines of their own.
    pub(crate) const QWEN_XML: Layout = Layout {
        open: "",
        before_name: "<tool_call>\n<function=",
        name: Name::Raw,
        index: Index::None,
        before_args: ">\n",
        args: Args::Params(&Params {
            before_key: "<parameter=",
            before_value: ">\n",
            before_text: ">\n",
            after_value: "\n</parameter>\n",
            lines: true,
        }),
        after_args: "</function>\n</tool_call>",
        between: "\n",
        close: "",
        mark: Some("<tool_call>"),
        copies: false,
        instead: &[],
    };

    /// Keys and values in elements of their own.
    pub(crate) const GLM: Layout = Layout {
        before_name: "<tool_call>",
        before_args: "\n",
        args: Args::Params(&Params {
            before_key: "<arg_key>",
            before_value: "</arg_key>\n<arg_value>",
            before_text: "</arg_key>\n<arg_value>",
            after_value: "</arg_value>\n",
            lines: false,
        }),
        after_args: "</tool_call>",
        ..Layout::QWEN_XML
    };

    /// `[f(a=1), g()]`
    pub(crate) const PYTHON: Layout = Layout {
        open: "[",
        before_name: "",
        name: Name::Raw,
        index: Index::None,
        before_args: "(",
        args: Args::Python,
        after_args: ")",
        between: ", ",
        close: "]",
        mark: None,
        copies: false,
        instead: &[],
    };
}
