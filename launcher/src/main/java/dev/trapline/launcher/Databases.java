package dev.trapline.launcher;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.trapline.config.TraplineConfig;
import dev.trapline.config.TraplineConfig.PostgreSql;
import dev.trapline.journal.store.Database;
import dev.trapline.journal.store.DatabaseSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Finds the database that a recording goes to.
final class Databases {

    private Databases() {}

    /// What the actor system has to know of where recordings go: nothing, if into their own directories. A database
    /// is asked whether it can take one before anything runs.
    ///
    /// @throws dev.trapline.journal.RecordingException if it cannot
    static Config journal(TraplineConfig.Run run) {
        PostgreSql asked = run.database();
        if (asked == null || run.record() == null) {
            return ConfigFactory.empty();
        }
        Database database = database(asked, System.getenv());
        DatabaseSchema.require(database, asked.createSchema());
        return database.journal();
    }

    private static Database database(PostgreSql asked, Map<String, String> environment) {
        String url = orElse(asked.url(), environment, Database.URL_VARIABLE);
        if (!Database.isUrl(url)) {
            throw CommandException.usage("record.store=postgresql needs a database: set record.postgresql.url, or "
                    + Database.URL_VARIABLE + ", to its URL, as in jdbc:postgresql://db.example.org/recordings");
        }
        Path file = asked.passwordFile();
        String password = asked.password().isEmpty() && file != null ? passwordIn(file) : asked.password();
        return new Database(
                url,
                orElse(asked.user(), environment, Database.USER_VARIABLE),
                orElse(password, environment, Database.PASSWORD_VARIABLE));
    }

    private static String orElse(String said, Map<String, String> environment, String variable) {
        return said.isEmpty() ? environment.getOrDefault(variable, "") : said;
    }

    private static String passwordIn(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw CommandException.usage("the password file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
