package dev.trapline.journal.codec;

import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.history.JournalRecord;
import dev.trapline.abi.machine.MachineSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The kinds of record. An open set: a recording's header names its kinds, each with the version of its content, so
/// that a reader can name a kind that it does not know.
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
    END,
    FRAME,
    FAULTED;

    /// Increases when the meaning of a kind's content changes. All kinds still have their first version.
    private static final int VERSION = 1;

    /// The kind of a record.
    public static RecordKind of(JournalRecord record) {
        return switch (record) {
            case JournalRecord.Slice _ -> SLICE;
            case JournalRecord.Answer _ -> ANSWER;
            case JournalRecord.FullDigest _ -> FULL_DIGEST;
            case JournalRecord.MemoryDigest _ -> MEMORY_DIGEST;
            case JournalRecord.ConsoleInput _ -> CONSOLE_INPUT;
            case JournalRecord.Frame _ -> FRAME;
            case JournalRecord.Reconfigured _ -> RECONFIGURED;
            case JournalRecord.Injected _ -> INJECTED;
            case JournalRecord.Reaction _ -> REACTION;
            case JournalRecord.Entropy _ -> ENTROPY;
            case JournalRecord.Round _ -> ROUND;
            case JournalRecord.Renewed _ -> RENEWED;
            case JournalRecord.Faulted _ -> FAULTED;
            case JournalRecord.Turned _ -> TURNED;
            case JournalRecord.Stop _ -> STOP;
            case JournalRecord.End _ -> END;
        };
    }

    /// The kinds that a recording of a machine may have, in the order of their declaration. Only a machine that is
    /// connected with others takes frames, and only one that says so has faults.
    static List<RecordKind> of(MachineSpec spec) {
        boolean frames = spec.board().network().kind() == NetworkKind.SWITCH;
        boolean faults = spec.run().faults();
        return Arrays.stream(values())
                .filter(kind -> (kind != FRAME || frames) && (kind != FAULTED || faults))
                .toList();
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

    /// Its name in messages and JSON: `full-digest`.
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
