use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use ferrule_types::{Listing, PromptTemplate, ResourceTemplate, Tool};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::definition;

/// The kinds of definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    Instructions,
    Tool,
    Prompt,
    Template,
}

/// One definition by kind and name. Instructions have no name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    pub section: Section,
    pub name: String,
}

/// What a server offers now. A section that nobody looked at is neither new nor gone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offered {
    pub(super) sections: BTreeSet<Section>,
    pub(super) items: BTreeMap<Item, Value>,
}

impl Item {
    pub fn new(section: Section, name: impl Into<String>) -> Self {
        Item {
            section,
            name: name.into(),
        }
    }

    pub fn tool(name: impl Into<String>) -> Self {
        Item::new(Section::Tool, name)
    }

    pub fn instructions() -> Self {
        Item::new(Section::Instructions, "")
    }
}

impl Offered {
    /// The tools and the instructions that a listing has of this server.
    pub fn of(listing: &Listing, server: &str) -> Self {
        let tools = listing
            .tools
            .iter()
            .filter(|listed| listed.key.server() == server)
            .map(|listed| &listed.tool);
        Offered::default()
            .tools(tools)
            .instructions(listing.instructions.get(server).map(String::as_str))
    }

    pub fn tools<'a>(self, tools: impl IntoIterator<Item = &'a Tool>) -> Self {
        let named = tools
            .into_iter()
            .map(|tool| (tool.name.clone(), definition::of_tool(tool)));
        self.section(Section::Tool, named)
    }

    pub fn instructions(self, text: Option<&str>) -> Self {
        let named = text.map(|text| (String::new(), definition::of_instructions(text)));
        self.section(Section::Instructions, named)
    }

    pub fn prompts<'a>(self, prompts: impl IntoIterator<Item = &'a PromptTemplate>) -> Self {
        let named = prompts
            .into_iter()
            .map(|prompt| (prompt.name.clone(), definition::of_prompt(prompt)));
        self.section(Section::Prompt, named)
    }

    /// Templates are told apart by their address, since their names need not differ.
    pub fn templates<'a>(self, templates: impl IntoIterator<Item = &'a ResourceTemplate>) -> Self {
        let named = templates.into_iter().map(|template| {
            (
                template.uri_template.clone(),
                definition::of_template(template),
            )
        });
        self.section(Section::Template, named)
    }

    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.keys()
    }

    fn section(
        mut self,
        section: Section,
        named: impl IntoIterator<Item = (String, Value)>,
    ) -> Self {
        self.sections.insert(section);
        for (name, definition) in named {
            let item = Item::new(section, name);
            // Two of one name are one definition that says both, so that neither hides behind the other's pin.
            let both = match self.items.remove(&item) {
                Some(earlier) => json!({"several": [earlier, definition]}),
                None => definition,
            };
            self.items.insert(item, both);
        }
        self
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Section::Instructions => "instructions",
            Section::Tool => "tool",
            Section::Prompt => "prompt",
            Section::Template => "template",
        })
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            return write!(f, "{}", self.section);
        }
        write!(f, "{} `{}`", self.section, crate::text::reveal(&self.name))
    }
}
