package dev.trapline.config;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.ConsoleKind;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.Mpidr;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.NetworkSpec;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads what a machine consists of: its CPUs and its board.
final class HardwareSettings {

    private static final String GIC = "trapline.machine.gic";
    private static final String CONSOLE = "trapline.machine.console";
    private static final String NETWORK = "trapline.machine.network";
    private static final String MAC = "trapline.machine.mac-address";
    private static final String DATE = "trapline.machine.date";
    private static final String ARGUMENTS = "trapline.machine.boot-arguments";

    private final Settings settings;
    private final BoardKind kind;
    private final Width width;

    HardwareSettings(Settings settings) {
        this.settings = settings;
        this.kind = settings.choice("trapline.machine.board", List.of(BoardKind.values()), BoardKind::id);
        this.width = width(settings);
    }

    /// Reads the board.
    ///
    /// @param inputInterval see [BoardSpec]
    /// @param seed of the machine
    BoardSpec board(CpuSpec cpus, TraplineConfig.Run run, long inputInterval, long seed) {
        boolean deviceTree = deviceTree(run);
        return new BoardSpec(
                kind,
                memory(),
                deviceTree,
                bootArguments(deviceTree),
                inputInterval,
                gic(cpus.count()),
                date(),
                console(),
                network(seed));
    }

    private static Width width(Settings settings) {
        return settings.choice("trapline.machine.width", Arrays.asList(Width.values()), Width::id);
    }

    /// The interrupt controller. Without a choice, a machine gets a GICv2 if that has enough vCPUs.
    private GicVersion gic(int cpus) {
        String choice = settings.choice(GIC, List.of("auto", GicVersion.V2.id(), GicVersion.V3.id()), n -> n);
        if (kind == BoardKind.BARE) {
            if (!choice.equals("auto")) {
                settings.refuse(GIC, "auto on the board bare, which has no interrupt controller; use --board virt");
            }
            return GicVersion.V2;
        }
        boolean fits = cpus <= GicVersion.V2.mostVcpus();
        if (width == Width.AARCH32) {
            if (choice.equals(GicVersion.V3.id())) {
                settings.refuse(GIC, "auto or 2 for AArch32 CPUs on the board virt");
            }
            return GicVersion.V2;
        }
        if (choice.equals(GicVersion.V2.id()) && !fits) {
            settings.refuse(GIC, "auto or 3 for more than " + GicVersion.V2.mostVcpus() + " vCPUs");
        }
        return fits && !choice.equals(GicVersion.V3.id()) ? GicVersion.V2 : GicVersion.V3;
    }

    private ConsoleKind console() {
        ConsoleKind console = settings.choice(CONSOLE, List.of(ConsoleKind.values()), ConsoleKind::id);
        if (kind == BoardKind.BARE && console != ConsoleKind.PL011) {
            settings.refuse(CONSOLE, ConsoleKind.PL011.id() + " on the board bare; use --board virt");
            return ConsoleKind.PL011;
        }
        return console;
    }

    /// Without an address, the interface gets the one that follows from the machine's seed.
    private NetworkSpec network(long seed) {
        NetworkKind network = settings.choice(NETWORK, List.of(NetworkKind.values()), NetworkKind::id);
        String address = settings.plain(MAC);
        if (kind == BoardKind.BARE && network != NetworkKind.NONE) {
            settings.refuse(NETWORK, NetworkKind.NONE.id() + " on the board bare; use --board virt");
            return NetworkSpec.NONE;
        }
        Optional<MacAddress> mac = address.isEmpty() ? Optional.of(MacAddress.ofSeed(seed)) : MacAddress.parse(address);
        if (mac.isEmpty()) {
            settings.refuse(MAC, MacAddress.TEXT);
            return NetworkSpec.NONE;
        }
        return new NetworkSpec(network, mac.get());
    }

    private long date() {
        OptionalLong date = seconds(settings.text(DATE));
        if (date.isEmpty()) {
            settings.refuse(
                    DATE, "a date and time in UTC from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z, in whole seconds");
        }
        return date.orElse(0);
    }

    private static OptionalLong seconds(String text) {
        try {
            Instant date = Instant.parse(text);
            long seconds = date.getEpochSecond();
            boolean fits = date.getNano() == 0 && seconds >= 0 && seconds <= BoardSpec.LAST_DATE;
            return fits ? OptionalLong.of(seconds) : OptionalLong.empty();
        } catch (DateTimeParseException e) {
            return OptionalLong.empty();
        }
    }

    /// Reads the CPUs.
    CpuSpec cpus() {
        int most = kind == BoardKind.VIRT && width == Width.AARCH32 ? GicVersion.V2.mostVcpus() : VcpuId.MAX_COUNT;
        return new CpuSpec(
                (int) settings.number("trapline.machine.cpus", 1, most),
                (int) settings.number("trapline.machine.cluster-size", 1, Mpidr.MAX_CLUSTER),
                settings.choice("trapline.machine.cpu-model", Arrays.asList(CpuModel.values()), CpuModel::id),
                width);
    }

    private long memory() {
        boolean narrow = width == Width.AARCH32;
        String takes = "a multiple of 4K from 1M to " + (narrow ? "3G on an AArch32 machine" : "64G") + ", as in 128M";
        long most = narrow ? BoardSpec.AARCH32_RAM : BoardSpec.MAX_RAM;
        long bytes = settings.size("trapline.machine.memory", BoardSpec.MIN_RAM, most, takes);
        if (bytes % MemoryMap.PAGE == 0) {
            return bytes;
        }
        settings.refuse("trapline.machine.memory", takes);
        return BoardSpec.MIN_RAM;
    }

    private boolean deviceTree(TraplineConfig.Run run) {
        String choice = settings.choice("trapline.machine.device-tree", List.of("auto", "true", "false"), n -> n);
        if (run.deviceTree() != null) {
            if (choice.equals("false")) {
                settings.refuse(LayeredConfig.DTB, "no file where machine.device-tree is false");
            }
            return true;
        }
        if (run.image() instanceof TraplineConfig.LinuxKernel) {
            if (choice.equals("false")) {
                settings.refuse(LayeredConfig.KERNEL, "no file where machine.device-tree is false: a kernel needs one");
            }
            return true;
        }
        return choice.equals("auto") ? run.flash() != null && run.image() == null : choice.equals("true");
    }

    private String bootArguments(boolean deviceTree) {
        String arguments = settings.plain(ARGUMENTS);
        if (!BoardSpec.isArguments(arguments)) {
            settings.refuse(ARGUMENTS, BoardSpec.ARGUMENTS);
            return "";
        }
        if (!arguments.isEmpty() && !deviceTree) {
            settings.refuse(
                    ARGUMENTS, "no text without a device tree, in which the guest finds it (machine.device-tree)");
        }
        return arguments;
    }
}
