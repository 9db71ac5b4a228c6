package dev.trapline.machine;

import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares the devices of a recorded machine with those that a replay has put on its board.
final class RecordedDevices {

    private static final String WHAT_TO_DO = ": replay it with the program that made it, or give Machine.Builder.board"
            + " and Playback.of the devices that it was made with";

    private RecordedDevices() {}

    /// Checks that they are the same, each at its address.
    ///
    /// @param recorded as the recording's header has them
    /// @param present on the board, in ascending order of address
    /// @throws MachineSetupException naming the first device that is missing, different, or too many
    static void require(List<DeviceRef> recorded, List<DeviceRef> present) {
        for (DeviceRef then : recorded) {
            if (present.contains(then)) {
                continue;
            }
            DeviceRef here = at(then.base(), present);
            throw new MachineSetupException("the recording was made with the device " + then + ", and this board has "
                    + (here == null ? "no device there" : "the device " + here) + WHAT_TO_DO);
        }
        for (DeviceRef here : present) {
            if (!recorded.contains(here)) {
                throw new MachineSetupException(
                        "this board has the device " + here + ", and the recording was made without it" + WHAT_TO_DO);
            }
        }
    }

    private static @Nullable DeviceRef at(long base, List<DeviceRef> present) {
        return present.stream()
                .filter(device -> device.base() == base)
                .findFirst()
                .orElse(null);
    }
}
