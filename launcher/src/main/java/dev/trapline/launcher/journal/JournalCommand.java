package dev.trapline.launcher.journal;

import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `trapline journal`: manages recordings. [#of] adds its subcommands.
@Command(
        name = "journal",
        description = {"Checks, describes, exports and imports recordings, and makes checkpoints for fast seeks.", ""},
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline journal verify rec",
            "  trapline journal info rec --format json",
            "  trapline journal index rec",
            "  trapline journal export rec rec.tlx",
            "  trapline journal import rec.tlx rec2"
        })
public final class JournalCommand {

    private JournalCommand() {}

    public static CommandLine of(Terminal terminal) {
        return new CommandLine(new JournalCommand())
                .addSubcommand("verify", new JournalVerifyCommand(terminal))
                .addSubcommand("info", new JournalInfoCommand(terminal))
                .addSubcommand("index", new JournalIndexCommand(terminal))
                .addSubcommand("export", new JournalExportCommand(terminal))
                .addSubcommand("import", new JournalImportCommand(terminal))
                .addSubcommand("schema", new JournalSchemaCommand(terminal));
    }
}
