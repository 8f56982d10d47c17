"""Read documents that people write and lay out: PDF, Word, OpenDocument, RTF."""
