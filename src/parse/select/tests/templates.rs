//! Short pieces of what the templates of these models write, in our own words but for their marks.

use super::{card, names};
use crate::select;

struct Case {
    model: &'static str,
    template: &'static [&'static str],
    syntax: &'static str,
    reasoning: &'static str,
}

const fn case(
    model: &'static str,
    template: &'static [&'static str],
    syntax: &'static str,
    reasoning: &'static str,
) -> Case {
    Case {
        model,
        template,
        syntax,
        reasoning,
    }
}

const HERMES: &str = "<tool_call>{\"name\": .., \"arguments\": ..}</tool_call>";
const XML: &str = "<tool_call>\n<function=f>\n<parameter=p>\n</parameter></function></tool_call>";
const LLAMA: &str = "{\"name\": .., \"parameters\": dictionary of argument name and its value}";
const PYTHON: &str = "[func_name1(params_name1=..)]";
const GLM: &str = "<tool_call>{name}<arg_key>k</arg_key><arg_value>v</arg_value></tool_call>";
const DEEPSEEK: &str = "<｜Assistant｜><｜tool▁calls▁begin｜>function<｜tool▁sep｜>f\n```json";
const DEEPSEEK_31: &str = "<｜Assistant｜><｜tool▁calls▁begin｜>f<｜tool▁sep｜>{..}";
const THINK: &str = "{% if '</think>' in content %}..{% endif %}<think>\n";
const COHERE: &str = "<|START_OF_TURN_TOKEN|>";

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("Qwen/Qwen2.5-7B-Instruct", &[HERMES], "hermes", "none"),
    case("Qwen/Qwen3-8B", &[HERMES, THINK], "hermes", "qwen3"),
    case("Qwen/Qwen3-Coder-30B-A3B-Instruct", &[XML], "qwen3_xml", "none"),
    case("someone/tuned", &[XML], "qwen3_xml", "none"),
    case("Qwen/Qwen3.5-9B", &[XML, THINK], "qwen3_xml", "qwen3"),
    case("stepfun-ai/Step-3.5-Flash", &[XML, THINK], "step3p5", "step3p5"),
    case("nvidia/NVIDIA-Nemotron-3-Nano", &[XML, THINK], "nemotron", "nemotron"),
    case("NousResearch/Hermes-3-Llama-3.1-8B", &[HERMES], "hermes", "none"),
    case("meta-llama/Llama-3.1-8B-Instruct", &[LLAMA, "<|python_tag|>"], "llama", "none"),
    case("meta-llama/Llama-3.2-1B-Instruct", &[LLAMA], "llama", "none"),
    case("meta-llama/Llama-4-Scout-17B-16E", &[LLAMA, PYTHON], "pythonic", "none"),
    case("meetkai/functionary-small-v3.1", &[LLAMA, "<function=f>", "<|python_tag|>"], "functionary", "none"),
    case("meetkai/functionary-small-v3.2", &[">>>all\n{{ content }}"], "functionary", "none"),
    case("mistralai/Mistral-7B-Instruct-v0.1", &["[INST] {{ content }} [/INST]"], "none", "none"),
    case("mistralai/Mistral-7B-Instruct-v0.3", &["[AVAILABLE_TOOLS]..[TOOL_CALLS][..]"], "mistral", "none"),
    case("mistralai/Devstral-Small-2507", &["[TOOL_CALLS]f[ARGS]{..}"], "mistral", "none"),
    case("mistralai/Magistral-Small-2509", &["[TOOL_CALLS]f[ARGS]{..}", "[THINK]"], "mistral", "mistral"),
    case("deepseek-ai/DeepSeek-V3-0324", &[DEEPSEEK], "deepseek", "none"),
    case("deepseek-ai/DeepSeek-R1", &[DEEPSEEK, THINK], "deepseek", "deepseek_r1"),
    case("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", &[DEEPSEEK, THINK], "deepseek", "deepseek_r1"),
    case("deepseek-ai/DeepSeek-V3.1", &[DEEPSEEK_31, THINK], "deepseek_v31", "deepseek_r1"),
    case("deepseek-ai/DeepSeek-V3.2", &["{% set mark = '｜DSML｜' %}", THINK], "deepseek_v4", "deepseek_v4"),
    case("zai-org/GLM-4.5-Air", &[GLM, THINK], "glm47", "glm4"),
    case("poolside/Laguna-XS", &[GLM, THINK], "poolside_v1", "poolside_v1"),
    case("ibm-granite/granite-3.3-8b", &["<|start_of_role|><|tool_call|>", THINK, "<response>"], "granite", "granite"),
    case("ibm-granite/granite-3.2-8b", &["<|tool_call|>", "Here is my thought process:"], "granite", "granite"),
    case("ibm-granite/granite-4.0-h-tiny", &["<|start_of_role|>", HERMES], "hermes", "none"),
    case("CohereForAI/c4ai-command-r-v01", &[COHERE, "Write 'Action:' and a list"], "command_r", "none"),
    case("CohereForAI/c4ai-command-a", &[COHERE, "Action: <|START_THINKING|><|START_ACTION|>"], "command_a", "cohere"),
    case("microsoft/Phi-4-mini-instruct", &["'<|tool|>' + tools + '<|/tool|>'"], "phi4_mini", "none"),
    case("openai/gpt-oss-20b", &["<|start|>assistant<|channel|>analysis<|message|>"], "harmony", "gpt_oss"),
    case("google/gemma-3-4b-it", &["<start_of_turn>model"], "gemma3", "none"),
    case("google/gemma-3-4b-it", &[PYTHON], "pythonic", "none"),
    case("google/gemma-4-31B-it", &["<|tool_call>call:f{..}", "<|channel>thought"], "gemma4", "gemma4"),
    case("baidu/ERNIE-4.5-21B-A3B-Thinking", &[HERMES, THINK, "<response>"], "ernie", "ernie"),
    case("HuggingFaceTB/SmolLM3-3B", &["{% if xml_tools %}", HERMES, THINK], "smollm3", "smollm3"),
    case("HuggingFaceTB/SmolLM2-135M-Instruct", &["<|im_start|>{{ content }}"], "none", "none"),
    case("moonshotai/Kimi-K2-Instruct", &["<|tool_calls_section_begin|>"], "kimi", "none"),
    case("moonshotai/Kimi-K2-Thinking", &["<|tool_calls_section_begin|>", THINK], "kimi", "kimi_k2"),
    case("MiniMaxAI/MiniMax-M2", &["<minimax:tool_call>", THINK], "minimax", "minimax_m2"),
    case("ByteDance-Seed/Seed-OSS-36B", &["<seed:tool_call>", "<seed:think>"], "seed_oss", "seed_oss"),
    case("LiquidAI/LFM2-1.2B", &["<|tool_list_start|>"], "lfm2", "none"),
    case("LiquidAI/LFM2.5-8B-A1B", &["<|tool_call_start|>[..]", THINK], "lfm2", "qwen3"),
    case("tencent/Hunyuan-A13B-Instruct", &["<tool_calls>[..]<|extra_0|>", THINK], "hunyuan", "hunyuan"),
    case("ai21labs/AI21-Jamba-1.5-Mini", &["<|bom|><tool_calls>[..]"], "jamba", "none"),
    case("somewhere/model", &["<|tools|>f: does it<|tool|>f(a)<|end|><|assistant|><|call|>f{}"], "nano", "none"),
    case("nvidia/NVIDIA-Nemotron-Nano-9B-v2", &["<TOOLCALL>[{'name'", THINK], "nemotron_v2", "nemotron"),
    case("allenai/Olmo-3-7B-Think", &["<function_calls>", THINK], "olmo3", "olmo3"),
    case("Salesforce/Llama-xLAM-2-8b-fc-r", &["by the xLAM team"], "xlam", "none"),
    case("someone/flattened", &["[Calling tool: f({..})]"], "qwen", "none"),
];

#[test]
fn the_chat_template_tells() {
    for case in CASES {
        let chosen = select(&card(case.model, &case.template.concat(), &[]));
        let why = format!("{}; {}", chosen.syntax_why, chosen.reasoning_why);
        let expected = (case.syntax, case.reasoning);
        assert_eq!(names(&chosen), expected, "{}: {why}", case.model);
    }
}

#[test]
fn every_row_has_a_template_here() {
    for row in crate::syntax::ALL {
        let name = row.name();
        let found = CASES.iter().any(|case| case.syntax == name);
        assert!(found || name == "auto", "{name}");
    }
    for row in crate::reasoning::ALL {
        let name = row.name();
        assert!(CASES.iter().any(|case| case.reasoning == name), "{name}");
    }
}
