package dev.trapline.launcher.options;

import dev.trapline.config.CommandLineSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that stand for configuration keys. Their values are passed on as text; the configuration checks them.
public final class MachineOptions {

    private final List<CommandLineSetting> settings = new ArrayList<>();

    /// The keys that were set.
    public List<CommandLineSetting> settings() {
        return settings;
    }

    @Option(names = "--cpus", paramLabel = "N", order = 1, description = "vCPUs, 1 to 64 (default 1).")
    void cpus(@Nullable String value) {
        set("machine.cpus", "--cpus", value);
    }

    @Option(
            names = "--cluster-size",
            paramLabel = "N",
            order = 1,
            description = "vCPUs in a cluster, 1 to 16 (default 16).")
    void clusterSize(@Nullable String value) {
        set("machine.cluster-size", "--cluster-size", value);
    }

    @Option(names = "--memory", paramLabel = "SIZE", order = 2, description = "RAM, as in 256M (default 128M).")
    void memory(@Nullable String value) {
        set("machine.memory", "--memory", value);
    }

    @Option(
            names = "--cpu-model",
            paramLabel = "MODEL",
            order = 3,
            completionCandidates = Candidates.CpuModels.class,
            description = "${COMPLETION-CANDIDATES} (default cortex-a57).")
    void cpuModel(@Nullable String value) {
        set("machine.cpu-model", "--cpu-model", value);
    }

    @Option(
            names = "--width",
            paramLabel = "WIDTH",
            order = 4,
            completionCandidates = Candidates.Widths.class,
            description = "${COMPLETION-CANDIDATES}: register width of all vCPUs (default aarch64).")
    void width(@Nullable String value) {
        set("machine.width", "--width", value);
    }

    @Option(
            names = "--board",
            paramLabel = "NAME",
            order = 4,
            completionCandidates = Candidates.Boards.class,
            description = "${COMPLETION-CANDIDATES}: operating systems run on virt; bare has a console, and neither "
                    + "interrupts nor exceptions (default virt).")
    void board(@Nullable String value) {
        set("machine.board", "--board", value);
    }

    @Option(
            names = "--gic",
            paramLabel = "VERSION",
            order = 4,
            completionCandidates = Candidates.GicVersions.class,
            description = "${COMPLETION-CANDIDATES}: version of the interrupt controller on virt (default 2, for more "
                    + "than 8 vCPUs 3).")
    void gic(@Nullable String value) {
        set("machine.gic", "--gic", value);
    }

    @Option(
            names = "--console",
            paramLabel = "DEVICE",
            order = 4,
            completionCandidates = Candidates.Consoles.class,
            description = "${COMPLETION-CANDIDATES}: the device that is the guest's console (default pl011); virtio "
                    + "needs the board virt.")
    void console(@Nullable String value) {
        set("machine.console", "--console", value);
    }

    @Option(
            names = "--network",
            paramLabel = "KIND",
            order = 4,
            completionCandidates = Candidates.Networks.class,
            description = "${COMPLETION-CANDIDATES}: the network interface of the board virt: frames come back (loop), "
                    + "or reach the other machines of this process (switch) (default none).")
    void network(@Nullable String value) {
        set("machine.network", "--network", value);
    }

    @Option(
            names = "--mac-address",
            paramLabel = "ADDRESS",
            order = 4,
            description = "Address of the network interface, as in 02:00:00:00:00:01 (default: follows from --seed).")
    void macAddress(@Nullable String value) {
        set("machine.mac-address", "--mac-address", value);
    }

    @Option(
            names = "--kernel",
            paramLabel = "FILE",
            order = 5,
            description = "Start this Linux kernel for arm64 (uncompressed, format Image) in place of IMAGE, with a "
                    + "device tree.")
    void kernel(@Nullable Path value) {
        set("run.kernel", "--kernel", value);
    }

    @Option(names = "--initrd", paramLabel = "FILE", order = 5, description = "Initial RAM disk for the kernel.")
    void initrd(@Nullable Path value) {
        set("run.initrd", "--initrd", value);
    }

    @Option(
            names = "--append",
            paramLabel = "TEXT",
            order = 5,
            description = "The kernel's command line, in the device tree.")
    void append(@Nullable String value) {
        set("machine.boot-arguments", "--append", value);
    }

    @Option(
            names = "--flash",
            paramLabel = "FILE",
            order = 5,
            description = "Content of the flash at address 0. Without IMAGE, the machine starts there.")
    void flash(@Nullable Path value) {
        set("machine.flash", "--flash", value);
    }

    @Option(
            names = "--flash-variables",
            paramLabel = "FILE",
            order = 5,
            description =
                    "Content of the flash bank of the board virt that firmware programs; the file does not change.")
    void flashVariables(@Nullable Path value) {
        set("machine.flash-variables", "--flash-variables", value);
    }

    @Option(
            names = "--disk",
            paramLabel = "FILE",
            order = 5,
            description = "Content of a disk of the board virt. The guest can write it; the file does not change.")
    void disk(@Nullable Path value) {
        set("machine.disk", "--disk", value);
    }

    @Option(
            names = "--load-address",
            paramLabel = "ADDRESS",
            order = 6,
            description =
                    "IMAGE is a raw image, not an ELF file: load it at this address and start at its " + "first byte.")
    void loadAddress(@Nullable String value) {
        set("run.load-address", "--load-address", value);
    }

    @Option(
            names = "--device-tree",
            paramLabel = "WHEN",
            order = 7,
            completionCandidates = Candidates.DeviceTree.class,
            description = "Whether to pass a device tree in x0 (AArch32: r2): ${COMPLETION-CANDIDATES} (default "
                    + "auto: if the machine starts from flash or with a kernel).")
    void deviceTree(@Nullable String value) {
        set("machine.device-tree", "--device-tree", value);
    }

    @Option(
            names = "--dtb",
            paramLabel = "FILE",
            order = 8,
            description = "Pass this device tree instead of the generated one.")
    void dtb(@Nullable Path value) {
        set("machine.dtb", "--dtb", value);
    }

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            order = 10,
            completionCandidates = Candidates.Schedules.class,
            description = "Order of the vCPUs' turns in a round: ${COMPLETION-CANDIDATES} (default round-robin).")
    void schedule(@Nullable String value) {
        set("run.schedule", "--schedule", value);
    }

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            order = 11,
            description = "Seed of the random schedule and of the guest's entropy (default 0).")
    void seed(@Nullable String value) {
        set("run.seed", "--seed", value);
    }

    @Option(
            names = "--slice",
            paramLabel = "N",
            order = 12,
            description = "Length of a round in ticks of 16 ns, which is also the largest number of "
                    + "instructions in a slice: 1 to 10000000 (default 20000).")
    void slice(@Nullable String value) {
        set("run.slice", "--slice", value);
    }

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            order = 13,
            description = "End the run after this many instructions, with exit status 5.")
    void maxInstructions(@Nullable String value) {
        set("run.max-instructions", "--max-instructions", value);
    }

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            order = 14,
            description = "End the run after this much host time, as in 10s, with exit status 5.")
    void timeout(@Nullable String value) {
        set("run.timeout", "--timeout", value);
    }

    @Option(names = "--no-reboot", order = 15, description = "End the run at SYSTEM_RESET instead of restarting.")
    void noReboot(boolean given) {
        if (given) {
            settings.add(new CommandLineSetting("trapline.run.reboot", "false", "--no-reboot"));
        }
    }

    @Option(
            names = "--input",
            paramLabel = "FILE",
            order = 20,
            description = "Type this file at the guest's console, in virtual time (default: standard input).")
    void input(@Nullable Path value) {
        set("run.input", "--input", value);
    }

    @Option(
            names = "--expect",
            paramLabel = "FILE",
            order = 20,
            description = "Type at the guest's console by this script, whose steps can wait for the guest's output. If "
                    + "it does not come in time, the run ends with exit status 5.")
    void expect(@Nullable Path value) {
        set("run.expect", "--expect", value);
    }

    @Option(
            names = "--faults",
            paramLabel = "FILE",
            order = 20,
            description = "Let firmware calls go wrong by this plan: see 'trapline faults list'.")
    void faults(@Nullable Path value) {
        set("run.faults", "--faults", value);
    }

    @Option(
            names = "--record",
            paramLabel = "DIR",
            order = 21,
            description = "Record the run into a directory that does not exist yet.")
    void record(@Nullable Path value) {
        set("record.directory", "--record", value);
    }

    @Option(
            names = "--durability",
            paramLabel = "WHEN",
            order = 22,
            completionCandidates = Candidates.Durabilities.class,
            description = "When recorded data is forced to the disk: ${COMPLETION-CANDIDATES} (default interval).")
    void durability(@Nullable String value) {
        set("record.durability", "--durability", value);
    }

    @Option(
            names = "--share",
            order = 22,
            description = "Let other users read the recording, as far as the umask allows. Without it, only its "
                    + "owner can.")
    void share(boolean given) {
        if (given) {
            settings.add(new CommandLineSetting("trapline.record.share", "true", "--share"));
        }
    }

    @Option(
            names = "--interrupt",
            paramLabel = "CPU[:INTID]@WHEN",
            order = 18,
            description = "Interrupt a vCPU at time:DURATION of virtual time or at slice:ORDINAL, as in 0@time:5ms. "
                    + "The interrupt ends a WFI or CPU_SUSPEND. May be repeated.")
    void interrupts(@Nullable List<String> values) {
        if (values != null) {
            setList("run.interrupts", "--interrupt", values);
        }
    }

    @Option(
            names = "--event",
            paramLabel = "NUMBER[:CPU]@WHEN",
            order = 19,
            description = "Inject an SDEI event at time:DURATION or slice:ORDINAL, as in 804@slice:1000. For a "
                    + "private event, CPU is the vCPU (default 0). May be repeated.")
    void events(@Nullable List<String> values) {
        if (values != null) {
            setList("run.events", "--event", values);
        }
    }

    @Option(
            names = "--console-size",
            paramLabel = "COLUMNSxROWS",
            order = 19,
            description = "The size of the VirtIO console at the start, as in 100x40 (default: that of your terminal).")
    void consoleSize(@Nullable String value) {
        set("run.console-size", "--console-size", value);
    }

    @Option(
            names = "--serror",
            paramLabel = "CPU[:SYNDROME]@WHEN",
            order = 19,
            description = "Raise an SError interrupt of a vCPU of the board virt at time:DURATION or slice:ORDINAL, as "
                    + "in 0@time:5ms. SYNDROME is what ESR_EL1.ISS gets (default 0). May be repeated.")
    void errors(@Nullable List<String> values) {
        if (values != null) {
            setList("run.serrors", "--serror", values);
        }
    }

    @Option(
            names = "--power-button",
            paramLabel = "WHEN",
            order = 19,
            description = "Press the power button of the board virt at time:DURATION or slice:ORDINAL, as in time:5s. "
                    + "May be repeated.")
    void presses(@Nullable List<String> values) {
        if (values != null) {
            setList("run.power-button", "--power-button", values);
        }
    }

    // Called each time the option is given, with all values so far.
    private void setList(String path, String option, List<String> values) {
        settings.removeIf(setting -> setting.path().equals("trapline." + path));
        settings.add(new CommandLineSetting("trapline." + path, List.copyOf(values), option));
    }

    private void set(String path, String option, @Nullable Object value) {
        if (value != null) {
            settings.add(new CommandLineSetting("trapline." + path, value.toString(), option + " " + value));
        }
    }
}
