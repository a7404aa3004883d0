//! An answer as it is read: what the model says, what it thinks, and which tools it asks for.
//!
//! A held model, a request and what is [wanted](Wanted) of its tools go in; the parts of the answer come out, each
//! with the events that it completes ([`Read`]). It does not know how a call is written, how a token is chosen, nor
//! what becomes of a call.

use std::{
    borrow::Cow,
    pin::Pin,
    task::{Context as TaskContext, Poll, ready},
};

use ferrule_parse::{Choice, Event, Options, Parser, Reasoning, Syntax, Thinking, select};
use ferrule_types::{
    Chat, Context, Error as SeamError, Generated, Generation, Message, Model as _, ModelCard,
    Piece, Prompt, Request, Role, Tool,
};
use futures_core::Stream;

use crate::{Held, offering};

/// How the calls and thoughts of an answer are read, and which calls it may or must have.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub choice: Choice,
    /// Whether there may be several calls in one answer; absent they may.
    pub parallel: Option<bool>,
    /// Whether strings in arguments must be stretches of the conversation, for a model that is taught to copy them; absent
    /// they must. For any other model it says nothing.
    pub copies: Option<bool>,
    /// The name of a tool syntax, instead of the one that the model's card tells.
    pub syntax: Option<String>,
    /// The same for how it writes its thoughts.
    pub reasoning: Option<String>,
    /// Its `thinking` is found out by the prompt.
    pub options: Options,
}

/// A part of an answer, and what was understood with it.
#[derive(Debug)]
pub struct Read {
    pub part: Generated,
    /// Of the part's own choice. A part may complete several events, or none.
    pub events: Vec<Event>,
    /// Whether the choice has a whole call by now.
    pub called: bool,
}

/// An answer while it is written and read.
pub struct Reading {
    generation: Generation,
    way: Way,
    /// One for each choice; made when the prompt is known.
    choices: Vec<Choosing>,
}

/// How an answer is read.
struct Way {
    /// Absent for what is no answer to a conversation: nothing is looked for in it.
    chat: Option<ChatWay>,
    choices: u32,
}

struct ChatWay {
    card: ModelCard,
    tools: Vec<Tool>,
    syntax: Option<&'static Syntax>,
    reasoning: Option<&'static Reasoning>,
    options: Options,
    /// What the answer goes on from, where it is no new message.
    continued: Option<String>,
}

/// One choice while it is read.
struct Choosing {
    parser: Option<Parser>,
    called: bool,
}

impl Held {
    /// Answers, and reads the answer.
    pub fn read(
        &self,
        context: &Context,
        mut request: Request,
        wanted: &Wanted,
    ) -> Result<Reading, SeamError> {
        let mut way = Way::of(self.card(), &mut request, wanted)?;
        let free = request.clone();
        let held = match &mut way.chat {
            Some(chat) => chat.hold(self, &mut request, wanted)?,
            None => false,
        };
        let generation = match self.generate(context, request) {
            // What nobody insisted on need not be possible: these tools are too many, or their schemas too large.
            Err(_) if held && !wanted.choice.is_required() => self.generate(context, free)?,
            other => other?,
        };
        Ok(Reading {
            generation,
            way,
            choices: Vec::new(),
        })
    }
}

impl Way {
    /// Chooses how to read.
    fn of(card: &ModelCard, request: &mut Request, wanted: &Wanted) -> Result<Way, SeamError> {
        let choices = request.sampling.n;
        let Prompt::Chat(chat) = &mut request.prompt else {
            return Ok(Way {
                chat: None,
                choices,
            });
        };
        let known = select(card);
        let named = wanted.syntax.as_deref().map(Syntax::named).transpose()?;
        let offered = wanted.choice != Choice::None && !chat.tools.is_empty();
        let wordless = offered && !offering::shows_tools(card);
        // Whoever is told how to call may be told in any way.
        let told = wordless.then(|| Syntax::named("hermes")).transpose()?;
        let syntax = named.or(known.syntax).or(told);
        let named = wanted.reasoning.as_deref().map(Reasoning::named);
        let reasoning = named.transpose()?.or(known.reasoning);
        if wanted.choice == Choice::None {
            chat.tools.clear();
        }
        let tools = wanted.choice.of(&chat.tools)?;
        if syntax.is_none() && wanted.choice.is_required() {
            let what = "a required call (how it writes calls is not known; name a `syntax`)";
            return Err(SeamError::unsupported(what, card.name.clone()));
        }
        let tools: Vec<Tool> = tools.into_iter().cloned().collect();
        if let (true, Some(syntax)) = (wordless, syntax) {
            offering::into_words(chat, syntax, card, &tools)?;
        }
        let last = chat.messages.last();
        let continued = last.filter(|_| chat.continue_final_message);
        Ok(Way {
            chat: Some(ChatWay {
                card: card.clone(),
                // Whoever was offered nothing asks for nothing.
                syntax: syntax.filter(|_| !tools.is_empty()),
                tools,
                reasoning: Reasoning::of(syntax, reasoning),
                options: wanted.options.clone(),
                continued: continued.map(|message| message.text().into_owned()),
            }),
            choices,
        })
    }

    fn open(&self, opening: &str) -> Vec<Choosing> {
        let parser = || Some(self.chat.as_ref()?.parser(opening));
        let choosing = || Choosing {
            parser: parser(),
            called: false,
        };
        (0..self.choices).map(|_| choosing()).collect()
    }
}

impl ChatWay {
    /// Holds a request to the grammar of its calls, and tells whether there is anything to hold it to.
    fn hold(&self, held: &Held, request: &mut Request, wanted: &Wanted) -> Result<bool, SeamError> {
        let (Some(syntax), Prompt::Chat(chat)) = (self.syntax, &request.prompt) else {
            return Ok(false);
        };
        let required = wanted.choice.is_required();
        if request.constraint.is_some() {
            // The caller has a grammar of their own.
            let allowed = "a choice that requires no call, beside a grammar";
            if required {
                let got = wanted.choice.to_value();
                return Err(SeamError::invalid("tool_choice", allowed, got));
            }
            return Ok(false);
        }
        let mut writer = syntax
            .writer()
            .with_card(&self.card)
            .with_tools(&self.tools);
        let said = said(chat);
        if writer.copies() && wanted.copies.unwrap_or(true) {
            writer = writer.with_conversation(said.iter().map(Cow::as_ref));
        }
        let marks = self.reasoning.and_then(Reasoning::marks);
        if required && let Some((open, close)) = &marks {
            let thinking = self.thinking(&held.opening(chat)?);
            if thinking == Thinking::Open || chat.enable_thinking != Some(false) {
                writer = writer.with_thought(open, close, thinking);
            }
        }
        request.constraint = writer.constraint(&wanted.choice, wanted.parallel.unwrap_or(true))?;
        Ok(request.constraint.is_some())
    }

    fn parser(&self, opening: &str) -> Parser {
        let options = Options {
            thinking: self.thinking(opening),
            ..self.options.clone()
        };
        let parser = Parser::new(self.syntax, self.reasoning, options).with_card(&self.card);
        parser.with_tools(&self.tools)
    }

    /// Whether the answer begins within a thought.
    fn thinking(&self, opening: &str) -> Thinking {
        let before = self.continued.as_deref().unwrap_or(opening);
        self.reasoning
            .map_or(Thinking::Closed, |reasoning| reasoning.opening(before))
    }
}

/// What the model was told, as against what it said itself.
fn said(chat: &Chat) -> Vec<Cow<'_, str>> {
    let told = chat.messages.iter();
    let told = told.filter(|message| message.role != Role::Assistant);
    told.map(Message::text).collect()
}

impl Reading {
    fn read(&mut self, part: Generated) -> Read {
        let (events, called) = match &part {
            Generated::Start { opening, .. } => {
                self.choices = self.way.open(opening);
                (Vec::new(), false)
            }
            Generated::Piece(piece) => self.take(piece.choice, |choice| choice.piece(piece)),
            Generated::End { choice, .. } => self.take(*choice, Choosing::end),
        };
        Read {
            part,
            events,
            called,
        }
    }

    fn take(
        &mut self,
        choice: u32,
        read: impl FnOnce(&mut Choosing) -> Vec<Event>,
    ) -> (Vec<Event>, bool) {
        let at = usize::try_from(choice).unwrap_or(usize::MAX);
        let Some(choice) = self.choices.get_mut(at) else {
            return (Vec::new(), false);
        };
        let events = read(choice);
        let whole = |event: &Event| matches!(event, Event::CallFinished { .. });
        choice.called |= events.iter().any(whole);
        (events, choice.called)
    }
}

impl Choosing {
    fn piece(&mut self, piece: &Piece) -> Vec<Event> {
        match &mut self.parser {
            Some(parser) => parser.feed_piece(piece),
            // Marks are for programs.
            None if piece.special || piece.text.is_empty() => Vec::new(),
            None => vec![Event::Text {
                text: piece.text.clone(),
            }],
        }
    }

    fn end(&mut self) -> Vec<Event> {
        self.parser.as_mut().map(Parser::finish).unwrap_or_default()
    }
}

impl Stream for Reading {
    type Item = Result<Read, SeamError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut TaskContext) -> Poll<Option<Self::Item>> {
        let next = ready!(self.generation.as_mut().poll_next(task));
        Poll::Ready(next.map(|part| Ok(self.read(part?))))
    }
}
