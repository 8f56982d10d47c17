"""Open an encoder by name. The heavy libraries that it needs are imported only when it is opened."""

from indexer.encoders.options import EMBEDDED, EncoderOptions
from indexer.encoders.protocol import Encoder
from indexer.errors import SettingsError


def open_encoder(name: str = EMBEDDED, options: EncoderOptions | None = None) -> Encoder:
    """Open the embedded encoder, or any sentence-transformers model by name or folder.

    Raises:
        EncoderError: The encoder cannot be loaded; the message says from where, and what to do.
        SettingsError: The encoder does not have one of the options.
    """
    options = options or EncoderOptions()
    if name == EMBEDDED:
        _refuse_foreign_options(options)
        from indexer.encoders.embedded import EmbeddedEncoder

        return EmbeddedEncoder(device=options.device, dtype=options.dtype)
    from indexer.encoders.transformer import TransformerEncoder

    return TransformerEncoder(name, options)


def _refuse_foreign_options(options: EncoderOptions) -> None:
    if options.dtype == "float16":
        raise SettingsError(
            "dtype float16 is for sentence-transformers models: the embedded encoder computes in float32 or bfloat16",
            "add --dtype bfloat16, or drop the option",
        )
    shared = EncoderOptions(device=options.device, dtype=options.dtype, processes=min(options.processes, 1))
    if options != shared:
        raise SettingsError(
            "backend, model-file, truncate-dim, prompts, batch-size and several processes belong to"
            " sentence-transformers models, and the encoder is the embedded one",
            "add --encoder NAME (for instance intfloat/multilingual-e5-small), or drop the option",
        )
