package dev.trapline.launcher.options;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.Waiting;
import dev.trapline.config.TraplineConfig;
import dev.trapline.config.TraplineConfig.PostgreSql;
import dev.trapline.journal.NamedDatabase;
import dev.trapline.journal.store.Database;
import dev.trapline.journal.store.DatabaseAccess;
import dev.trapline.journal.store.DatabaseSchema;
import dev.trapline.launcher.output.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Finds the database that a recording goes to.
public final class Databases {

    /// The largest password file, in bytes.
    private static final long LARGEST_PASSWORD = 64 << 10;

    private Databases() {}

    /// The actor system's configuration for the place where recordings go; empty if they go into their own
    /// directories. Before anything runs, a database is asked whether it can store a recording.
    ///
    /// @param waiting how to wait for the database
    /// @throws dev.trapline.abi.history.RecordingException if it cannot
    public static Config journal(TraplineConfig.Run run, Waiting waiting) {
        PostgreSql asked = run.database();
        if (asked == null || run.record() == null) {
            return ConfigFactory.empty();
        }
        Database database = DatabaseAccess.of(named(asked, waiting)).named();
        if (database == null) {
            throw CommandException.usage("record.store=postgresql needs a database: set record.postgresql.url, or "
                    + Database.URL_VARIABLE + ", to its URL, as in jdbc:postgresql://db.example.org/recordings");
        }
        try {
            return waiting.during("the database", () -> {
                DatabaseSchema.require(database, asked.createSchema());
                return database.journal();
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The database that the configuration names. Empty keys are left to the environment.
    public static NamedDatabase named(PostgreSql asked) {
        return named(asked, Waiting.UNLIMITED);
    }

    /// As above.
    ///
    /// @param waiting how to wait for a file that is a pipe
    public static NamedDatabase named(PostgreSql asked, Waiting waiting) {
        Path file = asked.passwordFile();
        String password = asked.password().isEmpty() && file != null ? passwordIn(file, waiting) : asked.password();
        return new NamedDatabase(asked.url(), asked.user(), password);
    }

    private static String passwordIn(Path file, Waiting waiting) {
        try {
            String text = new String(BoundedFile.readGiven(file, LARGEST_PASSWORD, waiting), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw CommandException.usage("the password file " + file + " " + BoundedFile.reason(e), e);
        }
    }
}
