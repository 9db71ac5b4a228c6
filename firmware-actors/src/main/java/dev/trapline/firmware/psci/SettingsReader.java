package dev.trapline.firmware.psci;

import dev.trapline.abi.firmware.Effect.SystemReset.Reset;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Reads PSCI's settings. An error names the key and the values that it accepts.
final class SettingsReader {

    private static final String WITHOUT = "without";
    private static final String TRUSTED_OS = "trusted-os";
    private static final String TRUSTED_OS_CPU = "trusted-os-cpu";
    private static final String UNPLUGGED = "unplugged";
    private static final String DISABLED = "disabled";
    private static final String FAILING = "failing";
    private static final String FORMAT = "power-state-format";
    private static final String STATES = "states";
    private static final String DEFAULT_SUSPEND = "default-suspend";
    private static final String ON_PENDING = "on-pending";
    private static final String AFFINITY_LEVEL = "affinity-info-level";
    private static final String VENDOR_RESETS = "vendor-resets";

    /// The keys, with their defaults.
    static final List<Setting> SETTINGS = List.of(
            new Setting(
                    PsciVersion.SETTING,
                    PsciVersion.AUTO,
                    "the version: " + PsciVersion.texts() + "; auto is " + PsciVersion.of(PsciVersion.AUTO, false)
                            + ", and " + PsciVersion.of(PsciVersion.AUTO, true) + " where it is answered in place"),
            new Setting(WITHOUT, "", "optional functions to leave out, as CPU_FREEZE, SYSTEM_RESET2"),
            new Setting(
                    TRUSTED_OS,
                    TrustedOs.NONE.text(),
                    "the answer of MIGRATE_INFO_TYPE: none, up-migratable or up-not-migratable"),
            new Setting(TRUSTED_OS_CPU, "0", "the vCPU on which an up-... Trusted OS runs, by index")
                    .idleIf(TRUSTED_OS, List.of(TrustedOs.NONE.text()), "no Trusted OS sits on a vCPU"),
            new Setting(UNPLUGGED, "", "vCPUs that CPU_ON denies, by index, as 2, 4-7"),
            new Setting(DISABLED, "", "vCPUs for which AFFINITY_INFO is DISABLED, by index, as 2, 4-7"),
            new Setting(FAILING, "", "vCPUs for which CPU_ON is INTERNAL_FAILURE, by index, as 2, 4-7"),
            new Setting(FORMAT, "original", "the format of power_state: original or extended"),
            new Setting(
                    STATES,
                    "core-standby=standby:0x1, core-power-down=power-down:0x2,"
                            + " cluster-power-down=power-down/power-down:0x22,"
                            + " system-power-down=power-down/power-down/power-down:0x222",
                    "idle states, each NAME=CORE[/CLUSTER[/SYSTEM]]:STATEID[|STATEID...]; a part is standby,"
                            + " power-down or run"),
            new Setting(
                            DEFAULT_SUSPEND,
                            "core-power-down",
                            "the state that CPU_DEFAULT_SUSPEND enters: a state of the core only")
                    .idleIf(WITHOUT, List.of("CPU_DEFAULT_SUSPEND"), "its call is left out"),
            new Setting(ON_PENDING, "0", "how long a CPU is ON_PENDING: ticks of 16 ns, or as 50us, 2ms, 1s"),
            new Setting(
                    AFFINITY_LEVEL,
                    "2",
                    "the highest level that AFFINITY_INFO accepts: 0 to 3; 2 is the highest of the power-domain "
                            + "tree"),
            new Setting(VENDOR_RESETS, "", "reset types of SYSTEM_RESET2 from 0x80000000 on, as 0x80000000=warm")
                    .idleIf(WITHOUT, List.of("SYSTEM_RESET2"), "its call is left out"));

    private static final int PARTS_OF_TWO = 2;

    private final ServiceContext context;
    private final MachineTopology topology;

    private SettingsReader(ServiceContext context) {
        this.context = context;
        this.topology = context.topology();
    }

    /// The settings of a machine.
    ///
    /// @throws IllegalArgumentException if a setting is invalid
    static PsciSettings read(ServiceContext context) {
        return new SettingsReader(context).read();
    }

    private PsciSettings read() {
        PsciVersion version = PsciVersion.of(context.setting(PsciVersion.SETTING), context.resident());
        TrustedOs trustedOs = trustedOs();
        IdleStates states = states(version);
        return new PsciSettings(
                version,
                PsciSettings.wired(version, without(), trustedOs),
                trustedOs,
                trustedOsCpu(),
                secondaries(UNPLUGGED),
                secondaries(DISABLED),
                cpus(FAILING),
                states,
                defaultSuspend(states),
                onPending(),
                affinityLevel(),
                vendorResets());
    }

    private int without() {
        int functions = 0;
        for (String name : SettingText.list(context.setting(WITHOUT))) {
            PsciFunction function = Arrays.stream(PsciFunction.values())
                    .filter(f -> f.isOptional() && f.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> bad(
                            WITHOUT,
                            "optional functions: "
                                    + Arrays.stream(PsciFunction.values())
                                            .filter(PsciFunction::isOptional)
                                            .map(PsciFunction::name)
                                            .collect(Collectors.joining(", ")),
                            name));
            functions |= function.bit();
        }
        return functions;
    }

    private TrustedOs trustedOs() {
        String text = context.setting(TRUSTED_OS);
        return Arrays.stream(TrustedOs.values())
                .filter(os -> os.text().equals(text))
                .findFirst()
                .orElseThrow(() -> bad(TRUSTED_OS, "none, up-migratable or up-not-migratable", text));
    }

    private int trustedOsCpu() {
        String text = context.setting(TRUSTED_OS_CPU);
        long cpu = SettingText.number(text);
        if (cpu < 0 || cpu >= topology.vcpus()) {
            throw bad(TRUSTED_OS_CPU, "the index of a vCPU, 0 to " + (topology.vcpus() - 1), text);
        }
        return (int) cpu;
    }

    private long secondaries(String key) {
        long cpus = cpus(key);
        if ((cpus & 1) != 0) {
            throw bad(key, "vCPUs from 1 on, because vCPU 0 boots the machine", context.setting(key));
        }
        return cpus;
    }

    private long cpus(String key) {
        long cpus = 0;
        for (String range : SettingText.list(context.setting(key))) {
            String[] ends = range.split("-", PARTS_OF_TWO);
            long first = SettingText.number(ends[0].strip());
            long last = ends.length == PARTS_OF_TWO ? SettingText.number(ends[1].strip()) : first;
            if (first < 0 || last < first || last >= topology.vcpus()) {
                throw bad(key, "indexes of vCPUs, 0 to " + (topology.vcpus() - 1) + ", as 2, 4-7", range);
            }
            for (long cpu = first; cpu <= last; cpu++) {
                cpus |= 1L << cpu;
            }
        }
        return cpus;
    }

    private IdleStates states(PsciVersion version) {
        String text = context.setting(FORMAT);
        IdleStates.Format format = switch (text) {
            case "original" -> IdleStates.Format.ORIGINAL;
            case "extended" -> IdleStates.Format.EXTENDED;
            default -> throw bad(FORMAT, "original or extended", text);
        };
        if (format == IdleStates.Format.EXTENDED && !version.isAtLeast(PsciVersion.V1_0)) {
            throw new IllegalArgumentException("'" + FORMAT + "' takes only original in PSCI " + version
                    + ": the extended format exists from 1.0 on");
        }
        List<IdleState> states = new ArrayList<>();
        for (String state : SettingText.list(context.setting(STATES))) {
            states.add(state(state));
        }
        return checked(STATES, () -> new IdleStates(format, states));
    }

    private static IdleState state(String text) {
        String[] named = text.split("=", PARTS_OF_TWO);
        String[] parts = named[named.length - 1].split(":", PARTS_OF_TWO);
        List<Integer> ids = parts.length == PARTS_OF_TWO ? stateIds(parts[1]) : List.of();
        if (named.length != PARTS_OF_TWO || named[0].isBlank() || ids.isEmpty()) {
            throw bad(STATES, "states as NAME=CORE[/CLUSTER[/SYSTEM]]:STATEID[|STATEID...]", text);
        }
        List<LocalState> locals = new ArrayList<>();
        for (String local : parts[0].split("/", -1)) {
            locals.add(Arrays.stream(LocalState.values())
                    .filter(s -> s.text().equals(local.strip()))
                    .findFirst()
                    .orElseThrow(() -> bad(STATES, "run, standby or power-down as parts of a state", text)));
        }
        return checked(STATES, () -> new IdleState(named[0].strip(), locals, ids));
    }

    /// Empty if one of them is not a StateID.
    private static List<Integer> stateIds(String text) {
        List<Integer> ids = new ArrayList<>();
        for (String part : text.split("\\|", -1)) {
            long id = SettingText.number(part.strip());
            if (id < 0 || id > Integer.MAX_VALUE) {
                return List.of();
            }
            ids.add((int) id);
        }
        return ids;
    }

    private IdleState defaultSuspend(IdleStates states) {
        String name = context.setting(DEFAULT_SUSPEND);
        IdleState state = states.named(name);
        if (state == null || state.lastLevel() != PowerTree.CORE) {
            throw bad(
                    DEFAULT_SUSPEND,
                    "a state of the core only: "
                            + states.all().stream()
                                    .filter(s -> s.lastLevel() == PowerTree.CORE)
                                    .map(IdleState::name)
                                    .collect(Collectors.joining(", ")),
                    name);
        }
        return state;
    }

    private int affinityLevel() {
        String text = context.setting(AFFINITY_LEVEL);
        long level = SettingText.number(text);
        if (level < 0 || level > PowerTree.HIGHEST_AFFINITY_LEVEL) {
            throw bad(AFFINITY_LEVEL, "a level, 0 to " + PowerTree.HIGHEST_AFFINITY_LEVEL, text);
        }
        return (int) level;
    }

    private long onPending() {
        long ticks = SettingText.ticks(context.setting(ON_PENDING));
        if (ticks < 0) {
            throw bad(ON_PENDING, "ticks of 16 ns, or a time as 50us, 2ms or 1s", context.setting(ON_PENDING));
        }
        return ticks;
    }

    private VendorResets vendorResets() {
        SortedMap<Integer, Reset> kinds = new TreeMap<>();
        for (String text : SettingText.list(context.setting(VENDOR_RESETS))) {
            String[] parts = text.split("=", PARTS_OF_TWO);
            long type = SettingText.number(parts[0].strip());
            String kind = parts.length == PARTS_OF_TWO ? parts[1].strip() : "";
            if (type < 1L << 31 || type >= 1L << 32 || !(kind.equals("warm") || kind.equals("cold"))) {
                throw bad(VENDOR_RESETS, "types from 0x80000000 on with what they do: 0x80000000=warm or =cold", text);
            }
            kinds.put((int) type, kind.equals("warm") ? Reset.WARM : Reset.COLD);
        }
        return new VendorResets(kinds);
    }

    private static <T> T checked(String key, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + key + "': " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException bad(String key, String takes, String given) {
        return new IllegalArgumentException("'" + key + "' takes " + takes + ", not '" + given + "'");
    }
}
