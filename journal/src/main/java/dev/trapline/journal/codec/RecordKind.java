package dev.trapline.journal.codec;

import dev.trapline.abi.history.JournalRecord;
import java.util.Locale;

/// The kinds of record. An open set: a recording's header names those that it may have, each with the version of what
/// it holds, so that a reader which does not know one says which.
public enum RecordKind {
    SLICE,
    ANSWER,
    FULL_DIGEST,
    MEMORY_DIGEST,
    CONSOLE_INPUT,
    RECONFIGURED,
    INJECTED,
    REACTION,
    ENTROPY,
    ROUND,
    RENEWED,
    TURNED,
    STOP,
    END;

    /// Goes up when what a kind holds changes its meaning. All are what they were when the format began to name
    /// them.
    private static final int VERSION = 1;

    /// The kind of a record.
    public static RecordKind of(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Slice _ -> SLICE;
            case JournalRecord.Answer _ -> ANSWER;
            case JournalRecord.FullDigest _ -> FULL_DIGEST;
            case JournalRecord.MemoryDigest _ -> MEMORY_DIGEST;
            case JournalRecord.ConsoleInput _ -> CONSOLE_INPUT;
            case JournalRecord.Reconfigured _ -> RECONFIGURED;
            case JournalRecord.Injected _ -> INJECTED;
            case JournalRecord.Reaction _ -> REACTION;
            case JournalRecord.Entropy _ -> ENTROPY;
            case JournalRecord.Round _ -> ROUND;
            case JournalRecord.Renewed _ -> RENEWED;
            case JournalRecord.Turned _ -> TURNED;
            case JournalRecord.Stop _ -> STOP;
            case JournalRecord.End _ -> END;
        };
    }

    /// The version of what it holds.
    int version() {
        return VERSION;
    }

    /// Checks that a reader knows a kind.
    ///
    /// @throws CodecException if it does not
    static void requireKnown(String id, int version) {
        for (RecordKind kind : values()) {
            if (kind.id().equals(id) && kind.version() == version) {
                return;
            }
        }
        throw new CodecException("the recording may have records of the kind '" + id + "', version " + version
                + ", which this Trapline does not know: use the one that made it, or a newer one");
    }

    /// Its name for people and for JSON: `full-digest`.
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
