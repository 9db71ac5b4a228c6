package dev.trapline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import dev.trapline.abi.BoardKind;
import dev.trapline.abi.CpuModel;
import dev.trapline.abi.GicVersion;
import dev.trapline.abi.MacAddress;
import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.machine.BoardSpec;
import dev.trapline.abi.machine.ExitCosts;
import dev.trapline.abi.machine.Injection;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.Moment;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.abi.machine.PlannedInjection;
import dev.trapline.abi.machine.Schedule;
import dev.trapline.abi.policy.Action;
import dev.trapline.abi.policy.Functions;
import dev.trapline.abi.policy.Match;
import dev.trapline.abi.policy.Policy;
import dev.trapline.abi.policy.Rule;
import dev.trapline.abi.smccc.FunctionId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void withoutAnythingTheReferenceHolds() {
        MachineSpec machine = ConfigFixture.withAssignments().machine();
        assertThat(machine.cpus().count()).isEqualTo(1);
        assertThat(machine.board().ramBytes()).as("128 MiB").isEqualTo(134_217_728);
        assertThat(machine.cpus().model()).isEqualTo(CpuModel.CORTEX_A57);
        assertThat(machine.schedule().kind()).isEqualTo(Schedule.ROUND_ROBIN);
        assertThat(machine.schedule().quantum()).isEqualTo(20_000);
        assertThat(machine.schedule().exitCosts()).isEqualTo(new ExitCosts(100, 0, 0));
        assertThat(machine.board().inputInterval()).as("100 us of 16 ns each").isEqualTo(6250);
        assertThat(machine.run().rebootOnReset()).isTrue();
        assertThat(machine.firmware().policy()).isEqualTo(Policy.DEFAULT.withResident("smccc"));
        assertThat(machine.firmware().settings())
                .as("a service's defaults are part of the machine")
                .isEqualTo(Map.of("psci.label", "", "psci.version", "auto"));
    }

    @Test
    void aMachineMadeInJavaHasTheDefaultsOfTheReferenceButForItsBoard() {
        MachineSpec machine =
                ConfigFixture.withAssignments("firmware.resident=[]").machine();
        assertThat(machine.with(machine.firmware().withSettings(new TreeMap<>())))
                .as("but for the defaults of services, which only they know")
                .isEqualTo(MachineSpec.DEFAULT.with(BoardSpec.DEFAULT.withKind(BoardKind.VIRT)));
    }

    @Test
    void eachLayerIsStrongerThanTheOneBelowIt() {
        Path file = new ConfigFixtureFile(directory, "trapline { machine { cpus = 2, memory = 64M }, run.slice = 300 }")
                .path();
        TraplineConfig config = new ConfigLoader()
                .file(file)
                .options(List.of(
                        new CommandLineSetting("trapline.machine.cpus", "3", "--cpus 3"),
                        new CommandLineSetting("trapline.machine.memory", "32M", "--memory 32M")))
                .assignments(List.of("machine.cpus=4"))
                .load()
                .validate(ConfigFixture.SERVICES);
        assertThat(config.machine().cpus().count())
                .as("--set wins over an option")
                .isEqualTo(4);
        assertThat(config.machine().board().ramBytes())
                .as("an option wins over the file")
                .isEqualTo(32 << 20);
        assertThat(config.machine().schedule().quantum())
                .as("the file wins over the reference")
                .isEqualTo(300);
    }

    @ParameterizedTest
    @CsvSource({
        "1M, 1048576",
        "128M, 134217728",
        "2G, 2147483648",
        "1024K, 1048576",
        "128MiB, 134217728",
        "0x8000000, 134217728",
        "134_217_728, 134217728",
        "134217728, 134217728",
    })
    void sizesTakeUnitsAndHexadecimalNumbers(String text, long bytes) {
        assertThat(ConfigFixture.withAssignments("machine.memory=" + text)
                        .machine()
                        .board()
                        .ramBytes())
                .isEqualTo(bytes);
    }

    @Test
    void aMachineIsAarch64UnlessItsSpecSaysOtherwise() {
        assertThat(ConfigFixture.withAssignments().machine().cpus().width()).isEqualTo(Width.AARCH64);
        assertThat(ConfigFixture.withAssignments("machine.width=aarch32", "machine.memory=3G")
                        .machine()
                        .cpus()
                        .width())
                .isEqualTo(Width.AARCH32);
    }

    @Test
    void anAarch32MachineHasNoMoreMemoryThanItsAddressesReach() {
        assertThatThrownBy(() -> ConfigFixture.withAssignments("machine.width=aarch32", "machine.memory=4G"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("machine.memory")
                .hasMessageContaining("1M to 3G on an AArch32 machine");
    }

    @Test
    void injectionsArePlannedForAMomentOfVirtualTimeOrForASlice() {
        var config = ConfigFixture.withAssignments(
                "machine.cpus=4",
                "machine.cluster-size=2",
                "run.interrupts=[\"0@time:1us\", \"3:40@slice:0x10\"]",
                "run.events=[\"804@slice:7\", \"0:2@time:0\"]");
        assertThat(config.run().injections())
                .as("a microsecond is 62.5 ticks, and the fraction is dropped")
                .containsExactly(
                        new PlannedInjection(new Injection.WakeUp(new VcpuId(0)), new Moment.AtTime(62)),
                        new PlannedInjection(new Injection.Interrupt(new VcpuId(3), 40), new Moment.AtSlice(16)),
                        new PlannedInjection(new Injection.Event(new VcpuId(0), 804), new Moment.AtSlice(7)),
                        new PlannedInjection(new Injection.Event(new VcpuId(2), 0), new Moment.AtTime(0)));
        assertThat(config.machine().cpus().topology().mpidr(new VcpuId(3)).affinity())
                .as("the second CPU of the second cluster")
                .isEqualTo(0x101);
    }

    @ParameterizedTest
    @CsvSource({"10s, 10000", "1.5s, 1500", "250ms, 250", "2min, 120000", "1h, 3600000", "0, 0"})
    void durationsTakeUnits(String text, long milliseconds) {
        assertThat(ConfigFixture.withAssignments("run.timeout=" + text).run().timeout())
                .isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @CsvSource({
        "42, 42",
        "0xff, 255",
        "0xffff_ffff_ffff_ffff, -1",
        "18446744073709551615, -1",
        "-9223372036854775808, -9223372036854775808"
    })
    void aSeedIsAnyNumberOfSixtyFourBits(String text, long seed) {
        assertThat(ConfigFixture.withAssignments("run.seed=" + text)
                        .machine()
                        .schedule()
                        .seed())
                .isEqualTo(seed);
    }

    @Test
    void aPathInAFileIsRelativeToTheFile() {
        Path file = new ConfigFixtureFile(directory, "trapline.run { image = guest.elf, plugins = [mine.jar] }").path();
        TraplineConfig config = new ConfigLoader()
                .file(file)
                .assignments(List.of("run.input=typed.txt"))
                .load()
                .validate(ConfigFixture.SERVICES);
        assertThat(config.run().image()).isEqualTo(new TraplineConfig.ElfImage(directory.resolve("guest.elf")));
        assertThat(config.run().plugins()).containsExactly(directory.resolve("mine.jar"));
        assertThat(config.run().input())
                .as("the command line means the working directory")
                .isEqualTo(Path.of("typed.txt"));
    }

    @Test
    void aLoadAddressMakesTheImageRaw() {
        assertThat(ConfigFixture.withAssignments("run.image=a.bin", "run.load-address=0x40080000")
                        .run()
                        .image())
                .isEqualTo(new TraplineConfig.RawImage(Path.of("a.bin"), 0x4008_0000L));
    }

    @Test
    void aMachineThatStartsFromFlashGetsADeviceTree() {
        assertThat(ConfigFixture.withAssignments("machine.flash=u-boot.bin")
                        .machine()
                        .board()
                        .deviceTree())
                .isTrue();
        assertThat(ConfigFixture.withAssignments("machine.flash=u-boot.bin", "run.image=a.elf")
                        .machine()
                        .board()
                        .deviceTree())
                .as("a guest in RAM may lie where the tree would")
                .isFalse();
    }

    @Test
    void aKernelIsTheGuestAndGetsADeviceTree() {
        TraplineConfig config = ConfigFixture.withAssignments(
                "machine.board=virt",
                "machine.cpus=8",
                "run.kernel=Image",
                "run.initrd=disk.gz",
                "machine.boot-arguments=console=ttyAMA0 quiet");
        assertThat(config.run().image())
                .isEqualTo(new TraplineConfig.LinuxKernel(Path.of("Image"), Path.of("disk.gz")));
        assertThat(config.machine().board().kind()).isEqualTo(BoardKind.VIRT);
        assertThat(config.machine().board().deviceTree()).isTrue();
        assertThat(config.machine().board().bootArguments()).isEqualTo("console=ttyAMA0 quiet");
    }

    @ParameterizedTest
    @CsvSource({"auto, 8, V2", "auto, 9, V3", "auto, 64, V3", "2, 8, V2", "3, 1, V3", "3, 64, V3"})
    void theInterruptControllerHasAVersionWithEnoughVcpus(String gic, int vcpus, GicVersion version) {
        TraplineConfig config =
                ConfigFixture.withAssignments("machine.board=virt", "machine.gic=" + gic, "machine.cpus=" + vcpus);
        assertThat(config.machine().board().gic()).isEqualTo(version);
    }

    @Test
    void theNetworkInterfaceHasItsOwnAddressOrThatOfTheSeed() {
        assertThat(ConfigFixture.withAssignments("machine.board=virt")
                        .machine()
                        .board()
                        .network())
                .isEqualTo(NetworkSpec.NONE);
        assertThat(ConfigFixture.withAssignments("machine.board=virt", "machine.network=loop", "run.seed=7")
                        .machine()
                        .board()
                        .network())
                .isEqualTo(new NetworkSpec(NetworkKind.LOOP, MacAddress.ofSeed(7)));
        assertThat(ConfigFixture.withAssignments(
                                "machine.board=virt", "machine.network=switch", "machine.mac-address=02:00:00:00:00:0a")
                        .machine()
                        .board()
                        .network())
                .isEqualTo(new NetworkSpec(NetworkKind.SWITCH, new MacAddress(0x0200_0000_000aL)));
    }

    @Test
    void whatContradictsAKernelIsRefused() {
        assertThat(ConfigFixture.problemsOfAssignments(
                        "run.kernel=Image",
                        "run.image=a.elf",
                        "machine.device-tree=false",
                        "machine.board=virt",
                        "machine.gic=2",
                        "machine.cpus=9"))
                .as("another guest, no device tree, more CPUs than a GICv2 has interfaces")
                .hasSize(3)
                .anyMatch(problem -> problem.contains("run.kernel takes no file where run.image"))
                .anyMatch(problem -> problem.contains("run.kernel takes no file where machine.device-tree is false"))
                .anyMatch(problem -> problem.contains("machine.gic takes auto or 3 for more than 8 vCPUs"));
    }

    @Test
    void aValueThatIsNotHoconIsTakenAsItStands() {
        assertThat(ConfigFixture.withAssignments("run.input=C:\\typed").run().input())
                .isEqualTo(Path.of("C:\\typed"));
    }

    @Test
    void rulesAndServiceSettingsAreReadAsWritten() {
        Path file = new ConfigFixtureFile(directory, """
            trapline.firmware {
              rules = [
                { functions = 0x84000000-0x84000001, action = deny }
                { functions = 0x84000003, action = resident }
              ]
              services.psci.label = 1.10
            }
            """).path();
        MachineSpec machine = new ConfigLoader()
                .file(file)
                .load()
                .validate(ConfigFixture.SERVICES)
                .machine();
        assertThat(machine.firmware().policy().rules())
                .extracting(Rule::action)
                .containsExactly(new Action.Deny(), new Action.Resident());
        assertThat(machine.firmware().policy().rules())
                .extracting(Rule::match)
                .containsExactly(
                        Match.of(new Functions.Range(new FunctionId(0x8400_0000), 2)),
                        Match.of(new Functions.One(new FunctionId(0x8400_0003))));
        assertThat(machine.firmware().policy().rules())
                .extracting(Rule::origin)
                .containsExactly(file + ":3", file + ":4");
        assertThat(machine.firmware().settings())
                .as("a number keeps the form it was written in")
                .containsEntry("psci.label", "1.10");
    }

    @Test
    void everyKeyOfTheReferenceIsExplained() {
        // The loader leaves the comments out.
        Config reference = ConfigFactory.parseResources(ConfigLoader.class, ConfigLoader.REFERENCE);
        assertThat(reference.entrySet())
                .as("the keys that the loader knows")
                .hasSameSizeAs(ConfigLoader.reference().entrySet());
        for (Map.Entry<String, ConfigValue> entry : reference.entrySet()) {
            assertThat(entry.getValue().origin().comments())
                    .as("the reference is the manual: %s needs its meaning, unit, range and default", entry.getKey())
                    .isNotEmpty();
        }
    }

    private record ConfigFixtureFile(Path path) {
        ConfigFixtureFile(Path directory, String content) {
            this(write(directory.resolve("layer.conf"), content));
        }

        private static Path write(Path path, String content) {
            try {
                return java.nio.file.Files.writeString(path, content);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
