package dev.trapline.launcher;

import picocli.CommandLine.Command;

/// The command's top: its subcommands are added by [Trapline].
@Command(
        name = "trapline",
        description = "Runs multi-vCPU Arm guests as a system of actors, records them, and replays them bit for bit.%n",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Examples:",
            "  trapline demo                                      see what this is about",
            "  trapline run --cpus 4 --record rec guest.elf       run a guest and record it",
            "  trapline replay rec                                run it again, checked step by step",
            "  trapline trace rec --function PSCI_CPU_ON          look at its hypercalls",
            "  trapline replay rec --at end                       look at the machine as it ended",
            "  trapline who-wrote rec 0x40090000 8                find who changed memory last",
            "  trapline journal verify rec                        check that it is what was written",
            "  trapline journal export rec rec.tlx                pack it into one file, for a bug report",
            "  trapline caps query hvc PSCI_CPU_ON                see what would become of a call",
            "  source <(trapline generate-completion)             completion for bash and zsh",
            "",
            "'trapline help COMMAND' tells the rest."
        })
final class TraplineCommand {}
