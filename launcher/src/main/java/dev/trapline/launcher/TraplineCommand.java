package dev.trapline.launcher;

import dev.trapline.launcher.options.Version;
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
            "  trapline demo                                 run a demonstration",
            "  trapline run --cpus 4 --record rec guest.elf  run a guest and record it",
            "  trapline replay rec                           run it again, checked",
            "  trapline trace rec --function PSCI_CPU_ON     look at its hypercalls",
            "  trapline replay rec --at end                  look at the end",
            "  trapline who-wrote rec 0x40090000 8           find who changed memory",
            "  trapline journal verify rec                   check it for damage",
            "  trapline journal export rec rec.tlx           pack it into one file",
            "  trapline caps query hvc PSCI_CPU_ON           see which firmware answers a call",
            "  source <(trapline generate-completion)        enable Tab completion",
            "",
            "'trapline help COMMAND' describes a command."
        })
final class TraplineCommand {}
