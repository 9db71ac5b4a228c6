package dev.trapline.journal.recording;

import dev.trapline.abi.history.JournalRecord;
import java.util.Locale;

/// The kinds of record, to count them by.
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
    STOP,
    END;

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
            case JournalRecord.Stop _ -> STOP;
            case JournalRecord.End _ -> END;
        };
    }

    /// Its name for people and for JSON: `full-digest`.
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
