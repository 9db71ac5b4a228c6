package dev.trapline.abi.history;

import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.machine.Image;
import dev.trapline.abi.machine.MachineSpec;
import java.util.List;

/// The beginning of a recording, before its history: everything that a replay needs in addition to the inputs.
///
/// @param recordingId unique to this recording; names it in the store
/// @param createdBy Trapline's version, for people
/// @param library the engine's library
/// @param strategies name and version of what makes the choices of the run that are not recorded: `round-robin/1`
/// @param digestVersion of `Digest64`
/// @param spec the machine
/// @param services name and version of each service, in the machine's order
/// @param images what was in memory at the start, by content
/// @param devices on the machine's board, in ascending order of address
public record RecordingHeader(
        String recordingId,
        String createdBy,
        EngineLibrary library,
        String strategies,
        int digestVersion,
        MachineSpec spec,
        List<ServiceRef> services,
        List<ImageRef> images,
        List<DeviceRef> devices) {

    public RecordingHeader {
        services = List.copyOf(services);
        images = List.copyOf(images);
        devices = List.copyOf(devices);
    }

    /// A service as it was when the recording was made.
    public record ServiceRef(String name, String version) {}

    /// A device as it was when the recording was made.
    ///
    /// @param base guest physical address of its first register
    /// @param size of its registers, in bytes
    public record DeviceRef(String name, String version, long base, long size) {
        /// For messages.
        @Override
        public String toString() {
            return "'%s' (version %s, 0x%x bytes) at 0x%x".formatted(name, version, size, base);
        }
    }

    /// An image, without its content: that is in the recording under its hash.
    ///
    /// @param sha256 of the content, 64 hexadecimal digits
    /// @param size of the content in bytes
    public record ImageRef(Image.Kind kind, String name, long address, String sha256, long size) {
        /// The reference to an image.
        public static ImageRef of(Image image) {
            return new ImageRef(
                    image.kind(),
                    image.name(),
                    image.address(),
                    image.content().sha256(),
                    image.content().size());
        }
    }
}
