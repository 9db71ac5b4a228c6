package dev.trapline.launcher.caps;

import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `trapline caps`: shows how calls would be answered, without making them. [#of] adds its subcommands.
@Command(
        name = "caps",
        description = {
            "Shows how a policy decides SMC and HVC calls, without making them.",
            "",
            "The policy comes from --config and --set, as for 'trapline run'.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline caps query hvc PSCI_CPU_ON",
            "  trapline caps query smc 0x84000003 --state t32 --config machine.conf",
            "  trapline caps list --conduit hvc --state a64",
            "  trapline caps toggles --plugin mine.jar"
        })
public final class CapsCommand {

    private CapsCommand() {}

    public static CommandLine of(Terminal terminal) {
        return new CommandLine(new CapsCommand())
                .addSubcommand("query", new CapsQueryCommand(terminal))
                .addSubcommand("list", new CapsListCommand(terminal))
                .addSubcommand("toggles", new CapsTogglesCommand(terminal))
                .addSubcommand("registers", new CapsRegistersCommand(terminal));
    }
}
