package dev.trapline.launcher.journal;

import dev.trapline.journal.store.DatabaseSchema;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `trapline journal schema`.
@Command(
        name = "schema",
        description = {
            "Prints the SQL script that creates the tables for recordings in a PostgreSQL database.",
            "",
            "It is the script of Akka Persistence JDBC, which uses these tables. 'trapline run' runs it itself if",
            "record.postgresql.create-schema is set.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal schema | psql recordings"})
final class JournalSchemaCommand implements Action {

    private final Terminal terminal;

    JournalSchemaCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        terminal.print(DatabaseSchema.script());
        return Ending.DONE;
    }
}
