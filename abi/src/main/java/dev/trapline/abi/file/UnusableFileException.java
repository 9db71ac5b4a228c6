package dev.trapline.abi.file;

import java.io.IOException;

/// A file is not one that can be read or replaced. The message is the end of a sentence that begins with its name.
public final class UnusableFileException extends IOException {

    private static final long serialVersionUID = 1L;

    public UnusableFileException(String message) {
        super(message);
    }
}
