package dev.trapline.launcher;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.smccc.FunctionId;
import dev.trapline.config.ConfigException;
import dev.trapline.config.ConfigLoader;
import dev.trapline.launcher.process.Services;
import dev.trapline.machine.firmware.LoadedService;
import dev.trapline.machine.firmware.ServiceGate;
import dev.trapline.machine.firmware.ServiceHost;
import dev.trapline.registry.CapabilityRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The profiles of `firmware.profile`: the answers that a guest gets with each, and settings that override them.
class ProfilesTest {

    private static final GuestMemory RAM = new GuestMemory() {
        @Override
        public boolean contains(long address, long length) {
            return address >= 0x4000_0000L && length >= 0 && address + length <= 0x4800_0000L;
        }

        @Override
        public Bytes read(long address, int length) {
            return Bytes.copyOf(new byte[length]);
        }
    };

    private static final long PSCI_FEATURES = 0x8400_000aL;
    private static final int NOT_SUPPORTED = -1;

    private static MachineSpec machine(String... assignments) {
        List<String> all = new ArrayList<>(List.of("machine.cpus=4"));
        all.addAll(Arrays.asList(assignments));
        return new ConfigLoader()
                .assignments(all)
                .load()
                .validate(Services.load(List.of()).descriptors())
                .machine();
    }

    /// The results of a call by a machine's boot CPU, from x0.
    private static RegisterWrites answer(MachineSpec spec, Conduit conduit, long... x) {
        TreeMap<String, ServiceHost<?>> hosts = new TreeMap<>();
        List<FunctionId> absent = new ArrayList<>();
        List<ServiceDescriptor> descriptors = Services.load(List.of()).descriptors();
        for (FirmwareService<?> service : Services.load(List.of()).all()) {
            ServiceHost<?> host = host(service, spec);
            hosts.put(service.descriptor().name(), host);
            absent.addAll(host.absent());
        }
        CapabilityRegistry registry =
                CapabilityRegistry.of(descriptors, spec.firmware().policy()).without(absent);
        long[] registers = new long[GeneralRegisters.COUNT];
        System.arraycopy(x, 0, registers, 0, x.length);
        HypercallExit exit =
                new HypercallExit(conduit, 0, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
        ServiceCall call = new ServiceCall(VcpuId.BOOT, exit, 0, registry);
        return switch (registry.decide(exit)) {
            case Decision.Denied _ -> RegisterWrites.x0(-1);
            case Decision.Resident(String service) ->
                requireNonNull(hosts.get(service)).answer(call).registers();
            case Decision.Forwarded(String service) ->
                requireNonNull(hosts.get(service)).answer(call).registers();
        };
    }

    private static ServiceHost<?> host(FirmwareService<?> service, MachineSpec spec) {
        String name = service.descriptor().name();
        TreeMap<String, String> settings = new TreeMap<>();
        service.descriptor()
                .settings()
                .forEach(setting ->
                        settings.put(setting.key(), spec.firmware().settings().get(name + "." + setting.key())));
        return new ServiceHost<>(
                LoadedService.of(service),
                new ServiceContext(
                        spec.cpus().topology(),
                        spec.cpus().model(),
                        spec.firmware().policy().isResident(name),
                        spec.firmware().policy().isOn(name, false),
                        settings),
                RAM,
                new ServiceGate());
    }

    private static long[] numbers(String text) {
        return Arrays.stream(text.strip().split(" ", -1))
                .mapToLong(Long::decode)
                .toArray();
    }

    private static void check(MachineSpec spec, Conduit conduit, String call, String expected, String source) {
        RegisterWrites answer = answer(spec, conduit, numbers(call));
        long[] values = numbers(expected);
        for (int n = 0; n < values.length; n++) {
            assertThat(answer.mask() & (1 << n)).as("x%d is written", n).isNotZero();
            // An SMC32 result is signed in w0.
            long wanted = values[n];
            assertThat((int) answer.value(n))
                    .as("x%d of %s: %s", n, call, source)
                    .isEqualTo((int) wanted);
            if (numbers(call)[0] >>> 30 == 3) {
                assertThat(answer.value(n)).as("x%d of %s: %s", n, call, source).isEqualTo(wanted);
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "/profiles/tf-a.csv", delimiter = ';', numLinesToSkip = 1)
    void tfAAnswersAsItsQemuPort(String call, String expected, String source) {
        check(machine("firmware.profile=tf-a"), Conduit.SMC, call, expected, source);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(resources = "/profiles/kvm.csv", delimiter = ';', numLinesToSkip = 1)
    void kvmAnswersAsLinux(String call, String expected, String source) {
        check(machine("firmware.profile=kvm"), Conduit.HVC, call, expected, source);
    }

    /// FEATURES calls, each with functions that it can be asked about. Calls of these functions change nothing:
    /// they are refused if they exist (INVALID_PARAMETERS or INVALID_ADDRESS), or are queries.
    private static final Map<Long, List<String>> ASKED = Map.of(
            PSCI_FEATURES,
            List.of(
                    "0x80000000", // SMCCC_VERSION
                    "0x84000000",
                    "0x84000001 0xffffffff",
                    "0xC4000001 0xffffffff",
                    "0xC4000003 0xffffffff",
                    "0xC4000004 0 0",
                    "0xC400000C 1",
                    "0xC400000D 0 0",
                    "0xC400000E 1",
                    "0x8400000F 0",
                    "0xC4000010 0 0",
                    "0xC4000011 0 0",
                    "0x84000012 0x7fffffff",
                    "0xC4000012 0x7fffffff",
                    "0x84000013 0",
                    "0xC4000014 0 0",
                    "0xC4000015 9",
                    "0xC4000000"),
            0x8000_0001L,
            List.of(
                    "0x80000000",
                    "0x80000001 0x80000000",
                    "0x80000002 0",
                    "0xC0000002 0",
                    "0xC0000003 0x1e1100",
                    "0x80000003"),
            0x8400_0051L,
            List.of("0x84000050", "0x84000051 0x84000050", "0x84000052", "0xC4000053 500", "0x84000054"),
            0xc500_0020L,
            List.of("0xC5000020 0xC5000020", "0xC5000021", "0xC5000022"));

    static Stream<Arguments> profilesAndVersions() {
        return Stream.of("default", "kvm", "tf-a")
                .flatMap(profile -> Stream.of("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
                        .flatMap(smccc ->
                                Stream.of("1.0", "1.1", "1.2", "1.3").map(psci -> Arguments.of(profile, smccc, psci))));
    }

    @ParameterizedTest(name = "{0}, SMCCC {1}, PSCI {2}")
    @MethodSource("profilesAndVersions")
    void whatAFeaturesCallSaysIsWhatTheCallAnswers(String profile, String smccc, String psci) {
        MachineSpec spec = machine(
                "firmware.profile=" + profile,
                "firmware.services.smccc.version=" + smccc,
                "firmware.services.psci.version=" + psci);
        ASKED.forEach((features, calls) -> {
            for (Conduit conduit : Conduit.values()) {
                for (String call : calls) {
                    long[] asked = numbers(call);
                    boolean told = isThere(spec, conduit, features, asked[0]);
                    // In SMCCC 1.0 there is no call that reports it.
                    if (told || isThere(spec, conduit, features, features) || features == PSCI_FEATURES) {
                        assertThat(isThere(spec, conduit, asked))
                                .as("%s of %s by %s", Long.toHexString(features), call, conduit)
                                .isEqualTo(told);
                    }
                }
            }
        });
    }

    private static boolean isThere(MachineSpec spec, Conduit conduit, long... call) {
        return (int) answer(spec, conduit, call).value(0) != NOT_SUPPORTED;
    }

    @Test
    void theDefaultProfileSetsNothing() {
        assertThat(machine("firmware.profile=default")).isEqualTo(machine());
    }

    @Test
    void aSingleSettingOverridesTheProfileAndLeavesTheRest() {
        MachineSpec profile = machine("firmware.profile=tf-a");
        MachineSpec spec =
                machine("firmware.profile=tf-a", "firmware.services.psci.version=1.3", "firmware.toggles.trng=on");
        assertThat(spec.firmware().settings().get("psci.version")).isEqualTo("1.3");
        assertThat(spec.firmware().policy().isOn("trng", true)).isTrue();
        TreeMap<String, String> rest = new TreeMap<>(spec.firmware().settings());
        rest.put("psci.version", "1.1");
        assertThat(rest)
                .as("everything else is as in the profile")
                .isEqualTo(profile.firmware().settings());
        assertThat(spec.firmware().policy().with("trng", false))
                .isEqualTo(profile.firmware().policy());
    }

    @Test
    void aFileMayNameTheProfileAndOverrideIt(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("kvm.conf"), "trapline.firmware { profile = kvm, services.smccc.version = \"1.4\" }");
        MachineSpec spec = new ConfigLoader()
                .file(file)
                .load()
                .validate(Services.load(List.of()).descriptors())
                .machine();
        assertThat(spec.firmware().settings())
                .containsEntry("smccc.version", "1.4")
                .containsEntry("vendor-hyp.uid", "kvm");
    }

    @Test
    void anotherNameIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> machine("firmware.profile=tfa"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("--set firmware.profile=tfa")
                .hasMessageContaining("takes default, kvm, tf-a, not tfa; did you mean tf-a?");
    }
}
