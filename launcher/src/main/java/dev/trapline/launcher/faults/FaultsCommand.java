package dev.trapline.launcher.faults;

import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `trapline faults`: explains and checks plans of faults. [#of] adds its subcommands.
@Command(
        name = "faults",
        description = {
            "Explains and checks plans of faults: files that let firmware calls go wrong on purpose.",
            "",
            "'trapline run --faults FILE' runs a guest with such a plan.",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline faults list",
            "  trapline faults check plan.conf --set machine.cpus=4",
            "  trapline run --cpus 4 --faults plan.conf guest.elf"
        })
public final class FaultsCommand {

    private FaultsCommand() {}

    public static CommandLine of(Terminal terminal) {
        return new CommandLine(new FaultsCommand())
                .addSubcommand("list", new FaultsListCommand(terminal))
                .addSubcommand("check", new FaultsCheckCommand(terminal));
    }
}
