package dev.trapline.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.BoardKind;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.Width;
import dev.trapline.abi.devicetree.TreeNode;
import dev.trapline.abi.devicetree.TreeProperty;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.TreePart;
import dev.trapline.firmware.psci.PsciService;
import dev.trapline.firmware.sdei.SdeiService;
import dev.trapline.machine.firmware.LoadedService;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The nodes of services in the guest's device tree, by the bindings `arm,psci` and `arm,sdei-1.0` of the Linux kernel.
class TreePartTest {

    private static TreePart.Question question(Width width, Conduit conduit, boolean on) {
        return new TreePart.Question(
                new ServiceContext(new MachineTopology(1, 16), false, new TreeMap<>()),
                BoardKind.BARE,
                width,
                conduit,
                on);
    }

    private static TreePart virt(String... settings) {
        SortedMap<String, String> all = new TreeMap<>();
        new PsciService().descriptor().settings().forEach(each -> all.put(each.key(), each.defaultValue()));
        for (int k = 0; k < settings.length; k += 2) {
            all.put(settings[k], settings[k + 1]);
        }
        return LoadedService.of(new PsciService())
                .deviceTree(new TreePart.Question(
                        new ServiceContext(new MachineTopology(1, 16), false, all),
                        BoardKind.VIRT,
                        Width.AARCH64,
                        Conduit.HVC,
                        true));
    }

    /// By the binding `arm,idle-state`, with the parameters of CPU_SUSPEND that docs/psci.md lists (DEN0022
    /// §5.4.2).
    @Test
    void onTheBoardVirtPsciDescribesTheIdleStatesOfACore() {
        TreePart part = virt();
        assertThat(part.ofCpus())
                .contains(new TreeProperty.References("cpu-idle-states", List.of("cpu-sleep-0", "cpu-sleep-1")));
        TreeNode states = part.nodes().getLast().children().getFirst();
        assertThat(part.nodes().getLast().name()).isEqualTo("cpus");
        assertThat(states.name()).isEqualTo("idle-states");
        assertThat(states.properties()).containsExactly(new TreeProperty.Strings("entry-method", List.of("psci")));
        assertThat(states.children()).extracting(TreeNode::label).containsExactly("cpu-sleep-0", "cpu-sleep-1");
        assertThat(states.children().getFirst().properties())
                .contains(
                        new TreeProperty.Strings("compatible", List.of("arm,idle-state")),
                        new TreeProperty.Strings("idle-state-name", List.of("core-standby")),
                        new TreeProperty.Cells("arm,psci-suspend-param", List.of(0x1)));
        assertThat(states.children().getLast().properties())
                .contains(
                        new TreeProperty.Strings("idle-state-name", List.of("core-power-down")),
                        new TreeProperty.Cells("arm,psci-suspend-param", List.of(0x1_0002)))
                .as("the timers of a CPU that is powered down continue")
                .doesNotContain(new TreeProperty.Flag("local-timer-stop"));
        assertThat(states.children())
                .allSatisfy(state -> assertThat(state.properties())
                        .extracting(TreeProperty::name)
                        .contains("entry-latency-us", "exit-latency-us", "min-residency-us"));
    }

    @Test
    void idleStatesFollowTheSettings() {
        assertThat(virt("power-state-format", "extended")
                        .nodes()
                        .getLast()
                        .children()
                        .getFirst()
                        .children()
                        .getLast()
                        .properties())
                .contains(new TreeProperty.Cells("arm,psci-suspend-param", List.of(0x4000_0002)));
        assertThat(virt("version", "0.1").ofCpus())
                .as("0.1 has no identifiers that the binding could give")
                .extracting(TreeProperty::name)
                .containsExactly("enable-method");
        assertThat(virt("version", "no version").ofCpus())
                .as("the start of the service reports the wrong setting")
                .extracting(TreeProperty::name)
                .containsExactly("enable-method");
    }

    @ParameterizedTest
    @EnumSource(Conduit.class)
    void psciHasANodeAndEachCpuNamesIt(Conduit conduit) {
        TreePart part = LoadedService.of(new PsciService()).deviceTree(question(Width.AARCH64, conduit, true));
        assertThat(part.nodes())
                .containsExactly(TreeNode.named("psci")
                        .strings("compatible", "arm,psci-1.0", "arm,psci-0.2")
                        .strings("method", conduit == Conduit.SMC ? "smc" : "hvc"));
        assertThat(part.ofCpus()).containsExactly(new TreeProperty.Strings("enable-method", List.of("psci")));
    }

    @ParameterizedTest(name = "{0}, on: {1}")
    @CsvSource({"AARCH64, true, true", "AARCH64, false, false", "AARCH32, true, false", "AARCH32, false, false"})
    void sdeiHasANodeWhereAGuestCanCallIt(Width width, boolean on, boolean has) {
        TreePart part = LoadedService.of(new SdeiService()).deviceTree(question(width, Conduit.SMC, on));
        TreeNode node = TreeNode.named("firmware")
                .child(TreeNode.named("sdei")
                        .strings("compatible", "arm,sdei-1.0")
                        .strings("method", "smc"));
        assertThat(part).isEqualTo(has ? TreePart.of(node) : TreePart.NONE);
    }

    @Test
    void aServiceThatSaysNothingAddsNothing() {
        assertThat(LoadedService.of(new Described(() -> TreePart.NONE))
                        .deviceTree(question(Width.AARCH64, Conduit.HVC, true)))
                .isEqualTo(TreePart.NONE);
    }

    @Test
    void aServiceThatFailsWhenItIsAskedIsNamed() {
        assertThatThrownBy(() -> LoadedService.of(new Described(() -> {
                            throw new IllegalStateException("no tree");
                        }))
                        .deviceTree(question(Width.AARCH64, Conduit.HVC, true)))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("described")
                .hasMessageContaining("no tree");
        assertThatThrownBy(() -> LoadedService.of(new Described(() -> null))
                        .deviceTree(question(Width.AARCH64, Conduit.HVC, true)))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContaining("described")
                .hasMessageContaining("null");
    }

    /// A plugin may return this by mistake or with malicious intent.
    @Test
    void aPartThatCanStandInNoTreeIsRefusedAndItsServiceNamed() {
        TreeNode deep = TreeNode.named("deep");
        for (int depth = 0; depth < 100_000; depth++) {
            deep = new TreeNode("deep", "", List.of(), List.of(deep));
        }
        TreeNode plain = TreeNode.named("plain");
        Map<String, TreePart> lies = new LinkedHashMap<>();
        lies.put("a node of the device tree cannot have the name", TreePart.of(TreeNode.named("a/b")));
        lies.put("cannot have the name ''", TreePart.of(TreeNode.named("")));
        lies.put("cannot have the name '\u001b[2J'", TreePart.of(TreeNode.named("\u001b[2J")));
        lies.put("cannot have the name 'n", TreePart.of(TreeNode.named("n".repeat(1000))));
        lies.put("a property of node 'plain' of the device tree cannot have", TreePart.of(plain.flag("a b")));
        lies.put("a property of node 'cpu'", new TreePart(List.of(), List.of(new TreeProperty.Flag(""))));
        lies.put("has a control character", TreePart.of(plain.strings("x", "a\0b")));
        lies.put("nested more than 16 deep", TreePart.of(deep));
        lies.put("more than 65536 bytes", TreePart.of(plain.cells("x", new int[20_000])));
        lies.forEach((why, part) -> assertThatThrownBy(() -> LoadedService.of(new Described(() -> part))
                        .deviceTree(question(Width.AARCH64, Conduit.HVC, true)))
                .as(why)
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContainingAll("described", "device tree", why));
    }

    private record Described(Supplier<@Nullable TreePart> part) implements FirmwareService<Integer> {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("described", "1", List.of(), List.of(), List.of());
        }

        @Override
        public Integer start(ServiceContext context) {
            return 0;
        }

        @Override
        public Reply<Integer> apply(Integer state, ServiceCall call, GuestMemory memory) {
            return Reply.x0(state, 0);
        }

        @Override
        @SuppressWarnings("NullAway") // What a plugin without NullAway can do.
        public TreePart deviceTree(TreePart.Question question) {
            return part.get();
        }
    }
}
