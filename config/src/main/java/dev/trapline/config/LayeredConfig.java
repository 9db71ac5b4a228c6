package dev.trapline.config;

import com.typesafe.config.Config;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Durability;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.FirmwareSpec;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.machine.ScheduleSpec;
import dev.trapline.abi.machine.Sharing;
import dev.trapline.abi.machine.StoragePolicy;
import dev.trapline.abi.policy.Policy;
import dev.trapline.registry.kvm.FirmwareRegisters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A merged configuration that is not validated yet. Validation needs the services, because their keys are part of the
/// configuration, and the configuration names the plugins with services.
public final class LayeredConfig {

    private static final long DAY = Duration.ofDays(1).toNanos();

    private static final String INTERRUPTS = "trapline.run.interrupts";
    private static final String INPUT = "trapline.run.input";
    private static final String EXPECT = "trapline.run.expect";
    static final String KERNEL = "trapline.run.kernel";
    private static final String INITRD = "trapline.run.initrd";
    static final String DTB = "trapline.machine.dtb";
    private static final String LIBRARY = "trapline.engine.library";
    private static final String SHORTCUTS = "trapline.engine.shortcuts";
    private static final String REMOTE = "trapline.remote.";
    private static final String EVENTS = "trapline.run.events";

    private static final Pattern PASSWORD_IN_URL = Pattern.compile("(?is).*[?&](ssl)?password=.*|[^?]*@.*");

    private final Config config;
    private final List<ConfigProblem> unknownKeys;
    private final List<GivenKey> given;
    private final List<String> overridden;

    LayeredConfig(Config config, List<ConfigProblem> unknownKeys, List<GivenKey> given, List<String> overridden) {
        this.config = config;
        this.unknownKeys = List.copyOf(unknownKeys);
        this.given = List.copyOf(given);
        this.overridden = List.copyOf(overridden);
    }

    /// The keys that were set, sorted by path. All others have their default.
    public List<GivenKey> given() {
        return given;
    }

    /// The parts of the command line that a stronger part overrides, one message each.
    public List<String> overridden() {
        return overridden;
    }

    /// The JAR files with services. They are read before everything else.
    ///
    /// @throws ConfigException if the value is not a list
    public List<Path> plugins() {
        List<ConfigProblem> problems = new ArrayList<>();
        List<Path> plugins = new Settings(config, problems).paths("trapline.run.plugins");
        if (!problems.isEmpty()) {
            problems.addAll(0, unknownKeys);
            throw new ConfigException(problems);
        }
        return plugins;
    }

    /// The names in the list of resident services, as they were written.
    public List<String> resident() {
        return new Settings(config, new ArrayList<>())
                .list(PolicySettings.RESIDENT).stream().map(Settings::shown).toList();
    }

    /// The time limit. It is read before everything else, because services may be slow to load. Zero if there is
    /// none, or if it is wrong; [#validate] reports that.
    public Duration timeout() {
        return Duration.ofNanos(timeout(new Settings(config, new ArrayList<>())));
    }

    private static long timeout(Settings settings) {
        return settings.nanoseconds(
                "trapline.run.timeout", 0, 365 * DAY, "a duration with its unit, as in 10s, or 0 for no limit");
    }

    /// The settings for a replay. They do not depend on the services.
    ///
    /// @throws ConfigException with all errors
    public ReplaySettings replay() {
        List<ConfigProblem> problems = new ArrayList<>(unknownKeys);
        Settings settings = new Settings(config, problems);
        ReplaySettings replay = new ReplaySettings(
                spacing(settings),
                budget(settings),
                postgresql(settings),
                settings.path(LIBRARY),
                settings.plain(SHORTCUTS));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return replay;
    }

    /// The settings of `trapline serve`. They do not depend on the services.
    ///
    /// @throws ConfigException with all errors
    public ServeSettings serve() {
        List<ConfigProblem> problems = new ArrayList<>(unknownKeys);
        Settings settings = new Settings(config, problems);
        ServeSettings serve = new ServeSettings(
                settings.plain(REMOTE + "host"),
                (int) settings.number(REMOTE + "port", 0, 65_535),
                settings.path(REMOTE + "key-store"),
                settings.path(REMOTE + "trust-store"),
                settings.path(REMOTE + "password-file"),
                settings.path(REMOTE + "recordings"),
                (int) settings.number(REMOTE + "machines", 1, 1_000),
                settings.size(
                        REMOTE + "memory", BoardSpec.MIN_RAM, BoardSpec.MAX_RAM, "a size from 1M to 64G, as in 256M"),
                storage(settings),
                settings.paths("trapline.run.plugins"),
                settings.path(LIBRARY),
                settings.plain(SHORTCUTS));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return serve;
    }

    private static Duration spacing(Settings settings) {
        return Duration.ofNanos(settings.nanoseconds(
                "trapline.replay.checkpoints.spacing",
                10_000_000,
                DAY / 24,
                "a duration from 10ms to 1h, as in 500ms"));
    }

    private static long budget(Settings settings) {
        return settings.size("trapline.replay.checkpoints.budget", 0, 1L << 40, "a size to 1024G, as in 256M, or 0");
    }

    /// Where each capability toggle that is set was set, by the toggle's name: `machine.conf:12`.
    ///
    /// @param services all services
    public SortedMap<String, String> toggleOrigins(Collection<ServiceDescriptor> services) {
        List<ConfigProblem> ignored = new ArrayList<>();
        Settings settings = new Settings(config, ignored);
        SortedMap<String, String> origins = new RegisterSettings(settings, services, ignored).toggleOrigins();
        origins.putAll(new PolicySettings(settings, services, ignored).toggleOrigins());
        return origins;
    }

    /// Reads every value.
    ///
    /// @param services all services
    /// @throws ConfigException with all errors
    public TraplineConfig validate(Collection<ServiceDescriptor> services) {
        List<ConfigProblem> problems = new ArrayList<>(unknownKeys);
        Settings settings = new Settings(config, problems);
        TraplineConfig.Run run = run(settings);
        MachineSpec machine = machine(settings, run, services, problems);
        spacing(settings);
        budget(settings);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new TraplineConfig(machine, run);
    }

    private MachineSpec machine(
            Settings settings,
            TraplineConfig.Run run,
            Collection<ServiceDescriptor> services,
            List<ConfigProblem> problems) {
        Policy policy = new PolicySettings(settings, services, problems).read();
        SortedMap<String, String> ofServices =
                new ServiceSettings(services, problems).read(settings.section(ConfigLoader.SERVICES));
        FirmwareRegisters registers = new RegisterSettings(settings, services, problems).read(policy, ofServices);
        HardwareSettings hardware = new HardwareSettings(settings);
        CpuSpec cpus = hardware.cpus();
        ScheduleSpec schedule = schedule(settings);
        return new MachineSpec(
                cpus,
                hardware.board(
                        cpus,
                        run,
                        ticks(
                                settings,
                                "trapline.run.input-interval",
                                0,
                                DAY / 24,
                                "a duration from 0 to 1h, as in 100us"),
                        schedule.seed()),
                schedule,
                new RunSpec(
                        settings.number("trapline.run.max-instructions", 0, Long.MAX_VALUE),
                        settings.flag("trapline.run.reboot"),
                        ticks(
                                settings,
                                "trapline.record.memory-digest-interval",
                                1_000_000,
                                DAY,
                                "a duration from 1ms to 24h, as in 10s"),
                        settings.number("trapline.run.renewal-interval", 1_000, Long.MAX_VALUE),
                        false,
                        false),
                new FirmwareSpec(registers.policy(), registers.settings()));
    }

    private static ScheduleSpec schedule(Settings settings) {
        return new ScheduleSpec(
                settings.choice("trapline.run.schedule", Arrays.asList(Schedule.values()), Schedule::id),
                settings.word("trapline.run.seed"),
                settings.number("trapline.run.slice", 1, ScheduleSpec.MAX_QUANTUM),
                new ExitCosts(
                        settings.number("trapline.run.exit-cost.hypercall", 0, ExitCosts.MAX),
                        settings.number("trapline.run.exit-cost.wait", 0, ExitCosts.MAX),
                        settings.number("trapline.run.exit-cost.maintenance", 0, ExitCosts.MAX)));
    }

    private static long ticks(Settings settings, String path, long least, long most, String takes) {
        return settings.nanoseconds(path, least, most, takes) / MachineSpec.NANOS_PER_TICK;
    }

    private static TraplineConfig.Run run(Settings settings) {
        long timeout = timeout(settings);
        return new TraplineConfig.Run(
                image(settings),
                settings.path("trapline.machine.flash"),
                settings.path("trapline.machine.flash-variables"),
                settings.path(DTB),
                settings.path("trapline.machine.disk"),
                settings.path("trapline.record.directory"),
                database(settings),
                storage(settings),
                Duration.ofNanos(timeout),
                settings.path(INPUT),
                expect(settings),
                settings.path("trapline.run.faults"),
                settings.path("trapline.run.result"),
                settings.choice(
                        "trapline.run.entropy", List.of(TraplineConfig.Entropy.values()), TraplineConfig.Entropy::id),
                injections(settings),
                settings.paths("trapline.run.plugins"),
                settings.path(LIBRARY),
                settings.plain(SHORTCUTS));
    }

    private static @Nullable Path expect(Settings settings) {
        Path file = settings.path(EXPECT);
        if (file != null && settings.path(INPUT) != null) {
            settings.refuse(EXPECT, "no file where run.input is set: one file is typed at the console");
        }
        return file;
    }

    private static List<PlannedInjection> injections(Settings settings) {
        List<PlannedInjection> all = new ArrayList<>(PlannedText.interrupts(settings, INTERRUPTS));
        all.addAll(PlannedText.events(settings, EVENTS));
        all.addAll(PlannedText.size(settings, "trapline.run.console-size"));
        all.addAll(PlannedText.errors(settings, "trapline.run.serrors"));
        all.addAll(PlannedText.presses(settings, "trapline.run.power-button"));
        return all;
    }

    private static TraplineConfig.@Nullable PostgreSql database(Settings settings) {
        TraplineConfig.PostgreSql database = postgresql(settings);
        String store = settings.choice("trapline.record.store", List.of("mvstore", "postgresql"), name -> name);
        return store.equals("postgresql") ? database : null;
    }

    private static TraplineConfig.PostgreSql postgresql(Settings settings) {
        String section = "trapline.record.postgresql.";
        String url = settings.plain(section + "url");
        String takes = "a URL of JDBC without a password, as in jdbc:postgresql://db.example.org/recordings";
        if (PASSWORD_IN_URL.matcher(url).matches()) {
            settings.refuseSecret(section + "url", takes);
        } else if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
            settings.refuse(section + "url", takes);
        }
        return new TraplineConfig.PostgreSql(
                url,
                settings.plain(section + "user"),
                settings.secret(section + "password"),
                settings.path(section + "password-file"),
                settings.flag(section + "create-schema"));
    }

    private static StoragePolicy storage(Settings settings) {
        return new StoragePolicy(
                settings.choice("trapline.record.durability", List.of(Durability.values()), Durability::id),
                Duration.ofNanos(settings.nanoseconds(
                        "trapline.record.durability-interval",
                        1_000_000,
                        DAY / 24,
                        "a duration from 1ms to 1h, as in 100ms")),
                Duration.ofNanos(settings.nanoseconds(
                        "trapline.record.patience", 0, DAY, "a duration with its unit, as in 30s, or 0 for none")),
                settings.flag("trapline.record.share") ? Sharing.UMASK : Sharing.PRIVATE);
    }

    private static TraplineConfig.@Nullable GuestImage image(Settings settings) {
        Path file = settings.path("trapline.run.image");
        Path kernel = settings.path(KERNEL);
        Path initrd = settings.path(INITRD);
        if (kernel != null) {
            if (file != null) {
                settings.refuse(KERNEL, "no file where run.image is the guest: give one of the two");
            }
            return new TraplineConfig.LinuxKernel(kernel, initrd);
        }
        if (initrd != null) {
            settings.refuse(INITRD, "no file without a kernel (run.kernel)");
        }
        String address = settings.text("trapline.run.load-address");
        if (address.equals("none")) {
            return file == null ? null : new TraplineConfig.ElfImage(file);
        }
        long at = settings.size(
                "trapline.run.load-address", 0, Long.MAX_VALUE, "a guest physical address, as in 0x40080000, or none");
        return file == null ? null : new TraplineConfig.RawImage(file, at);
    }
}
