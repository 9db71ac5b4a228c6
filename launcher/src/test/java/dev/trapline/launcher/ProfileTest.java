package dev.trapline.launcher;

import static dev.trapline.launcher.CommandProcess.guest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.Width;
import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.machine.CpuSpec;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.RunSpec;
import dev.trapline.explore.Profile;
import dev.trapline.explore.Strategy;
import dev.trapline.explore.Subject;
import dev.trapline.launcher.process.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A profile knows where a guest's vCPUs share memory, and where they call.
@Tag("native")
class ProfileTest {

    private static final VcpuId CPU0 = new VcpuId(0);
    private static final VcpuId CPU1 = new VcpuId(1);

    @SuppressWarnings("NullAway.Init")
    private static EngineFactory engines;

    @BeforeAll
    static void open() {
        engines = Engines.open(null, null);
    }

    private static Profile profile(String guest, int cpus, Strategy strategy) throws IOException {
        Path file = Path.of(guest(guest));
        Width width = guest.endsWith("32") ? Width.AARCH32 : Width.AARCH64;
        MachineSpec spec = MachineSpec.DEFAULT
                .with(CpuSpec.DEFAULT.withCount(cpus).withWidth(width))
                .with(RunSpec.DEFAULT.withMaxInstructions(300_000));
        List<FirmwareService<?>> services = new ArrayList<>();
        ServiceLoader.load(FirmwareService.class).forEach(services::add);
        Image image = new Image(Image.Kind.ELF, guest, 0, Bytes.copyOf(Files.readAllBytes(file)));
        return Profile.of(engines, new Subject(spec, List.of(image), services), strategy);
    }

    /// The sites of a vCPU in the middle of a run, in order.
    private static List<Long> middle(Profile profile, VcpuId vcpu) {
        return profile.sites().stream()
                .filter(site -> site.vcpu().equals(vcpu))
                .flatMap(site -> site.moments().stream())
                .filter(moment -> moment > profile.span() * 2 / 5 && moment < profile.span() * 3 / 5)
                .sorted()
                .toList();
    }

    @Test
    void theLoadAndTheStoreOfASharedCounterAreSitesAndPrivateLoopsAreNot() throws IOException {
        Profile profile = profile("bugs/needle", 2, new Strategy.AtSites(2));
        assertThat(profile.span()).isBetween(95_000L, 105_000L);
        for (VcpuId vcpu : List.of(CPU0, CPU1)) {
            List<Long> moments = middle(profile, vcpu);
            assertThat(moments).as("%s: a load, an addition, a store", vcpu).hasSize(2);
            assertThat(moments.get(1) - moments.get(0)).isEqualTo(2);
        }
    }

    @Test
    void aCallIsASite() throws IOException {
        Profile profile = profile("exit-42", 1, new Strategy.AtSites(2));
        assertThat(profile.sites()).hasSize(1);
        assertThat(profile.sites().getFirst().moments()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smp-counter", "smp-counter-a32", "smp-counter-t32"})
    void sitesAreFoundInEveryInstructionSet(String guest) throws IOException {
        Profile profile = profile(guest, 4, new Strategy.AtSites(2));
        assertThat(profile.sites().stream().map(Profile.Site::vcpu).distinct()).hasSize(4);
        assertThat(profile).isEqualTo(profile(guest, 4, new Strategy.AtSites(2)));
    }

    @Test
    void otherSchedulesNeedOnlyTheLength() throws IOException {
        Profile profile = profile("bugs/needle", 2, new Strategy.ByPriority(2));
        assertThat(profile).isEqualTo(Profile.ofSpan(profile.span()));
    }
}
