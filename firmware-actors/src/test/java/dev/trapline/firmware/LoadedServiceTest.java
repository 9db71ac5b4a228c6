package dev.trapline.firmware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trapline.abi.AddressRange;
import dev.trapline.abi.Width;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.SharedMemory;
import dev.trapline.firmware.pvtime.PvTimeService;
import dev.trapline.machine.firmware.LoadedService;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The answers of a service about itself are checked.
class LoadedServiceTest {

    private static final AddressRange RAM = AddressRange.of(0x4000_0000L, 0x800_0000L);

    @Test
    void aServiceThatThrowsWhenAskedForItsSharedMemoryIsNamed() {
        assertThatThrownBy(() -> shared(() -> {
                    throw new IllegalStateException("lost");
                }))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContainingAll("sharer", "memory that it shares", "lost");
    }

    @Test
    void aServiceThatSharesNullIsNamed() {
        assertThatThrownBy(() -> shared(() -> null))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContainingAll("sharer", "null", "memory that it shares");
    }

    @ParameterizedTest
    @CsvSource({"3ffff000, 40000000", "3ffff000, 40001000", "47fff000, 48001000", "48000000, 48001000"})
    void aServiceThatSharesWhatIsNotRamIsNamed(String start, String end) {
        AddressRange outside = new AddressRange(Long.parseLong(start, 16), Long.parseLong(end, 16));
        assertThatThrownBy(() -> shared(() -> Optional.of(new SharedMemory(outside, "CALL keeps it", "base"))))
                .isInstanceOf(ServiceFailure.class)
                .hasMessageContainingAll("sharer", start, end, "RAM");
    }

    /// DEN0057 §4: structures of 64 bytes each, entirely in RAM.
    @ParameterizedTest
    @CsvSource({
        "AARCH64, auto, 1, 47fff000-48000000",
        "AARCH64, auto, 64, 47fff000-48000000",
        "AARCH64, 0x40000000, 64, 40000000-40001000",
        "AARCH64, 0x40000fc0, 1, 40000000-40001000",
        "AARCH64, 0x40000fc0, 2, 40000000-40002000",
        "AARCH64, 0x47ffffc0, 1, 47fff000-48000000",
        "AARCH64, 0x47ffffc0, 2, ",
        "AARCH64, 0x3fffffc0, 2, ",
        "AARCH64, 0x09000000, 1, ",
        "AARCH64, nonsense, 1, 47fff000-48000000",
        "AARCH32, auto, 1, "
    })
    void pvTimeSharesThePagesOfItsStructures(Width width, String base, int vcpus, @Nullable String pages) {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("base", base);
        Optional<String> shared = LoadedService.of(new PvTimeService())
                .sharedMemory(new ServiceContext(new MachineTopology(vcpus, 16), false, settings), width, RAM)
                .map(memory -> Long.toHexString(memory.pages().start()) + "-"
                        + Long.toHexString(memory.pages().end()));
        assertThat(shared).isEqualTo(Optional.ofNullable(pages));
    }

    @SuppressWarnings("NullableOptional") // What a plugin can do.
    private interface Sharing {
        @Nullable
        Optional<SharedMemory> shared();
    }

    private static void shared(Sharing sharing) {
        LoadedService.of(new Sharer(sharing))
                .sharedMemory(
                        new ServiceContext(new MachineTopology(1, 16), false, new TreeMap<>()), Width.AARCH64, RAM);
    }

    private record Sharer(Sharing sharing) implements FirmwareService<Integer> {
        @Override
        public ServiceDescriptor descriptor() {
            return new ServiceDescriptor("sharer", "1", List.of(), List.of(), List.of());
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
        public Optional<SharedMemory> sharedMemory(ServiceContext context, Width width, AddressRange ram) {
            return sharing.shared();
        }
    }
}
