package dev.trapline.launcher.options;

import dev.trapline.config.ReplaySettings;
import dev.trapline.config.TraplineConfig.PostgreSql;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which configuration keys have no effect in a command that replays.
public final class ReplayRules {

    private static final List<String> USED = List.of("replay.", "engine.", "run.plugins", "record.postgresql.");

    /// Keys of a run that are not part of its recording.
    private static final List<String> OF_A_RUN = List.of(
            "run.timeout",
            "record.directory",
            "record.durability",
            "record.durability-interval",
            "record.patience",
            "record.share",
            "record.store");

    private static final String RESULT = "run.result";

    private ReplayRules() {}

    /// Adds them.
    ///
    /// @param inDatabase whether the recording's events are in a database
    public static void add(WithoutEffect rules, ReplaySettings settings, Path recording, boolean inDatabase) {
        List<String> notRecorded = new ArrayList<>(USED);
        notRecorded.addAll(OF_A_RUN);
        notRecorded.add(RESULT);
        notRecorded.add("remote.");
        rules.elsewhere("it is a key for runs, and this is a replay", OF_A_RUN.toArray(String[]::new))
                .elsewhere("it is a key for runs; use --result FILE", RESULT)
                .elsewhere("it is a key for 'trapline serve', and this is a replay", "remote.")
                .allKeysBut("a replay takes it from the recording", notRecorded)
                .passOverAllBut("a replay does what the recording says", USED);
        ofDatabase(rules, settings.database(), recording, inDatabase);
    }

    /// Adds the rules for the database of an existing recording.
    public static void ofDatabase(WithoutEffect rules, PostgreSql database, Path recording, boolean inDatabase) {
        rules.when(
                        !inDatabase,
                        "the events of " + recording + " are in its own directory, not in a database",
                        "record.postgresql.")
                .when(inDatabase, "the tables exist already", "record.postgresql.create-schema");
        if (inDatabase) {
            ofPassword(rules, database);
        }
    }

    /// Adds the rule for a password that is given twice.
    public static void ofPassword(WithoutEffect rules, PostgreSql database) {
        rules.when(
                !database.password().isEmpty(),
                "record.postgresql.password is set, and overrides it",
                "record.postgresql.password-file");
    }
}
