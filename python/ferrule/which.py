"""Which model, and in which form its files are: ``Which.Plain(..)``, ``Which.GGUF(..)`` and the others.

They are plain values: compared, hashed, shown, pickled. What a version cannot load is refused when a ``Runner`` is
made of it, not before.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, cast

from ferrule.enums import (
    Architecture,
    DiffusionArchitecture,
    EmbeddingArchitecture,
    ModelDType,
    MultimodalArchitecture,
    SpeechLoaderType,
)

Place = str | os.PathLike[str]
"""A path in any of Python's forms, or a hub's id: ``org/name[@revision]``."""


@dataclass(frozen=True)
class TextAutoMapParams:
    """How a text model is spread over GPUs."""

    max_seq_len: int = 4096
    max_batch_size: int = 1


@dataclass(frozen=True)
class MultimodalAutoMapParams:
    """How a multimodal model is spread over GPUs."""

    max_seq_len: int = 4096
    max_batch_size: int = 1
    max_num_images: int = 1
    max_image_length: int = 1024


VisionAutoMapParams = MultimodalAutoMapParams


@dataclass(frozen=True)
class LoraAdapter:
    """A low-rank adapter, and the name that it goes by."""

    alias: str
    source: Place
    revision: str | None = None


class Which:
    """Which model, and in which form its files are."""

    Plain: ClassVar[type[WhichPlain]]
    GGUF: ClassVar[type[WhichGGUF]]
    Lora: ClassVar[type[WhichLora]]
    LoraGGUF: ClassVar[type[WhichLoraGGUF]]
    LoraGGML: ClassVar[type[WhichLoraGGML]]
    XLora: ClassVar[type[WhichXLora]]
    XLoraGGUF: ClassVar[type[WhichXLoraGGUF]]
    XLoraGGML: ClassVar[type[WhichXLoraGGML]]
    GGML: ClassVar[type[WhichGGML]]
    Embedding: ClassVar[type[WhichEmbedding]]
    MultimodalPlain: ClassVar[type[WhichMultimodalPlain]]
    VisionPlain: ClassVar[type[WhichMultimodalPlain]]
    DiffusionPlain: ClassVar[type[WhichDiffusionPlain]]
    Speech: ClassVar[type[WhichSpeech]]

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, os.PathLike):
                object.__setattr__(self, name, os.fspath(value))  # pyright: ignore[reportUnknownArgumentType]

    def to_dict(self) -> dict[str, Any]:
        """The arguments by name, and under ``which`` the variant's."""
        return {"which": type(self).__name__.removeprefix("Which")} | {
            name: vars(value) if hasattr(value, "__dataclass_fields__") else value for name, value in vars(self).items()
        }

    def __repr__(self) -> str:
        usual = {each.name: each.default for each in fields(cast(Any, self))}
        given = [f"{name}={value!r}" for name, value in vars(self).items() if usual[name] != value]
        return f"Which.{type(self).__name__.removeprefix('Which')}({', '.join(given)})"


@dataclass(frozen=True, repr=False)
class WhichPlain(Which):
    """A folder of safetensors, plain or quantised by MLX; or a hub id, ``org/name[@revision]``."""

    model_id: Place
    arch: Architecture | str | None = None
    tokenizer_json: Place | None = None
    topology: Place | None = None
    organization: str | None = None
    write_uqff: Place | None = None
    from_uqff: str | list[str] | None = None
    dtype: ModelDType | str = ModelDType.Auto
    imatrix: Place | None = None
    calibration_file: Place | None = None
    hf_cache_path: Place | None = None
    matformer_config_path: Place | None = None
    matformer_slice_name: str | None = None
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichGGUF(Which):
    """A GGUF file or several, in a folder or at a hub.

    A quantisation such as ``Q4_K_M`` may stand for a file's name, and ``quantized_model_id`` may be the file itself.
    """

    quantized_model_id: Place
    quantized_filename: str | list[str] | None = None
    tok_model_id: Place | None = None
    topology: Place | None = None
    dtype: ModelDType | str = ModelDType.Auto
    tokenizer_json: Place | None = field(default=None, kw_only=True)
    mmproj_filename: str | None = field(default=None, kw_only=True)
    organization: str | None = field(default=None, kw_only=True)
    write_uqff: Place | None = field(default=None, kw_only=True)
    imatrix: Place | None = field(default=None, kw_only=True)
    calibration_file: Place | None = field(default=None, kw_only=True)
    max_edge: int | None = field(default=None, kw_only=True)
    adapters: list[LoraAdapter] | list[str] | None = field(default=None, kw_only=True)
    max_adapters: int = field(default=16, kw_only=True)
    max_rank: int = field(default=256, kw_only=True)
    max_bytes: int = field(default=8_589_934_592, kw_only=True)
    hf_cache_path: Place | None = field(default=None, kw_only=True)
    matformer_config_path: Place | None = field(default=None, kw_only=True)
    matformer_slice_name: str | None = field(default=None, kw_only=True)
    encoder_cache_memory_bytes: int | None = field(default=None, kw_only=True)
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichEmbedding(Which):
    """A model whose states become vectors. Every model that ``Plain`` loads can do it."""

    model_id: Place
    arch: EmbeddingArchitecture | Architecture | str | None = None
    tokenizer_json: Place | None = None
    topology: Place | None = None
    write_uqff: Place | None = None
    from_uqff: str | list[str] | None = None
    dtype: ModelDType | str = ModelDType.Auto
    hf_cache_path: Place | None = None
    imatrix: Place | None = None
    calibration_file: Place | None = None


@dataclass(frozen=True, repr=False)
class WhichLora(Which):
    """A model with low-rank adapters. Not in this version."""

    model_id: Place | None = None
    adapters: list[LoraAdapter] | None = None
    arch: Architecture | str | None = None
    tokenizer_json: Place | None = None
    topology: Place | None = None
    write_uqff: Place | None = None
    from_uqff: str | list[str] | None = None
    dtype: ModelDType | str = ModelDType.Auto
    hf_cache_path: Place | None = None
    max_adapters: int = 16
    max_rank: int = 256
    max_bytes: int = 8_589_934_592
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichXLora(Which):
    """A model with a mixture of low-rank adapters. Not in this version."""

    xlora_model_id: Place
    order: str
    arch: Architecture | str | None = None
    model_id: Place | None = None
    tokenizer_json: Place | None = None
    tgt_non_granular_index: int | None = None
    topology: Place | None = None
    write_uqff: Place | None = None
    from_uqff: str | list[str] | None = None
    dtype: ModelDType | str = ModelDType.Auto
    hf_cache_path: Place | None = None
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichGGML(Which):
    """A file in the format before GGUF. Not in this version."""

    quantized_model_id: Place
    quantized_filename: str
    tok_model_id: Place | None = None
    tokenizer_json: Place | None = None
    gqa: int = 1
    topology: Place | None = None
    dtype: ModelDType | str = ModelDType.Auto
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichLoraGGUF(Which):
    """A GGUF file with low-rank adapters. Not in this version."""

    quantized_model_id: Place
    quantized_filename: str | list[str]
    adapters_model_id: Place | None = None
    order: str | None = None
    tok_model_id: Place | None = None
    topology: Place | None = None
    dtype: ModelDType | str = ModelDType.Auto
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichLoraGGML(WhichLoraGGUF):
    """A GGML file with low-rank adapters. Not in this version."""

    tokenizer_json: Place | None = None
    gqa: int = 1


@dataclass(frozen=True, repr=False)
class WhichXLoraGGUF(Which):
    """A GGUF file with a mixture of low-rank adapters. Not in this version."""

    quantized_model_id: Place
    quantized_filename: str | list[str]
    xlora_model_id: Place | None = None
    order: str | None = None
    tgt_non_granular_index: int | None = None
    tok_model_id: Place | None = None
    topology: Place | None = None
    dtype: ModelDType | str = ModelDType.Auto
    auto_map_params: TextAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichXLoraGGML(WhichXLoraGGUF):
    """A GGML file with a mixture of low-rank adapters. Not in this version."""

    tokenizer_json: Place | None = None
    gqa: int = 1


@dataclass(frozen=True, repr=False)
class WhichMultimodalPlain(Which):
    """A model that reads more than text. Not in this version."""

    model_id: Place
    arch: MultimodalArchitecture | str | None = None
    tokenizer_json: Place | None = None
    topology: Place | None = None
    write_uqff: Place | None = None
    from_uqff: str | list[str] | None = None
    dtype: ModelDType | str = ModelDType.Auto
    max_edge: int | None = None
    calibration_file: Place | None = None
    imatrix: Place | None = None
    hf_cache_path: Place | None = None
    matformer_config_path: Place | None = None
    matformer_slice_name: str | None = None
    organization: str | None = None
    encoder_cache_memory_bytes: int | None = None
    auto_map_params: MultimodalAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichDiffusionPlain(Which):
    """A model that makes images. Not in this version."""

    model_id: Place
    arch: DiffusionArchitecture | str | None = None
    dtype: ModelDType | str = ModelDType.Auto
    auto_map_params: MultimodalAutoMapParams | None = field(default=None, kw_only=True)


@dataclass(frozen=True, repr=False)
class WhichSpeech(Which):
    """A model that speaks. Not in this version."""

    model_id: Place
    arch: SpeechLoaderType | str | None = None
    dac_model_id: Place | None = None
    dtype: ModelDType | str = ModelDType.Auto
    auto_map_params: MultimodalAutoMapParams | None = field(default=None, kw_only=True)


Which.Plain = WhichPlain
Which.GGUF = WhichGGUF
Which.Lora = WhichLora
Which.LoraGGUF = WhichLoraGGUF
Which.LoraGGML = WhichLoraGGML
Which.XLora = WhichXLora
Which.XLoraGGUF = WhichXLoraGGUF
Which.XLoraGGML = WhichXLoraGGML
Which.GGML = WhichGGML
Which.Embedding = WhichEmbedding
Which.MultimodalPlain = WhichMultimodalPlain
Which.VisionPlain = WhichMultimodalPlain
Which.DiffusionPlain = WhichDiffusionPlain
Which.Speech = WhichSpeech
