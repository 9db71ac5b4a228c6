package dev.trapline.unicorn.ffi;

import dev.trapline.abi.engine.EngineException;

/// The meanings of the library's error numbers.
public final class UnicornError {

    private static final String[] MEANINGS = {
        "no error",
        "out of memory",
        "architecture not supported by this library",
        "invalid handle",
        "invalid mode",
        "library and caller are of different versions",
        "read of unmapped memory",
        "write to unmapped memory",
        "fetch from unmapped memory",
        "invalid kind of hook",
        "invalid instruction",
        "memory cannot be mapped there",
        "write to protected memory",
        "read of protected memory",
        "fetch from protected memory",
        "invalid argument",
        "unaligned read",
        "unaligned write",
        "unaligned fetch",
        "the hook exists already",
        "out of resources",
        "unhandled exception",
    };

    private UnicornError() {}

    /// The meaning of an error, with its number.
    public static String describe(int code) {
        String meaning = code >= 0 && code < MEANINGS.length ? MEANINGS[code] : "unknown error";
        return meaning + " (Unicorn error " + code + ")";
    }

    /// Throws if the code is not that of success.
    ///
    /// @param what the action and its object, for the message
    public static void check(int code, String what) {
        if (code != UnicornConstants.UC_ERR_OK) {
            throw new EngineException(what + ": " + describe(code));
        }
    }
}
