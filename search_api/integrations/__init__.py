"""Dateline as a retriever of LangChain, Haystack and LlamaIndex, over the client: nothing of the server is imported."""
