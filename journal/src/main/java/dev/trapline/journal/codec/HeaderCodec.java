package dev.trapline.journal.codec;

import dev.trapline.abi.engine.EngineLibrary;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.history.RecordingHeader.DeviceRef;
import dev.trapline.abi.history.RecordingHeader.ImageRef;
import dev.trapline.abi.history.RecordingHeader.ServiceRef;
import dev.trapline.abi.machine.MachineSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/// A recording's header as bytes.
///
/// ```text
///  u32 magic "TLRH", u32 format version
///  varint count, kinds of record that there may be: text name, varint version
///  text recordingId, text createdBy
///  library: text name, version, sha256, origin
///  text strategies, varint digestVersion
///  machine: see SpecCodec
///  varint count, services: text name, text version
///  varint count, images: u8 kind, text name, varint address, text sha256, varint size
///  varint count, devices: text name, text version, varint base, varint size
///  u32 CRC32C of all before it
/// ```
public final class HeaderCodec {

    private static final int MAGIC = 0x4852_4c54; // "TLRH"
    private static final int TRAILER = 4;
    /// The most services, images and devices, each, that a recording's machine has.
    private static final int MOST_ITEMS = 1000;

    private HeaderCodec() {}

    /// The header's bytes.
    ///
    /// @throws IllegalArgumentException if it has more services, images, devices, settings, toggles or rules than a
    ///     reader takes
    public static byte[] encode(RecordingHeader header) {
        PackedWriter out = new PackedWriter(1024);
        out.i32(MAGIC);
        out.i32(JournalFormat.ofHeader(header.spec()));
        writeKinds(out, RecordKind.of(header.spec()));
        out.string(header.recordingId());
        out.string(header.createdBy());
        out.string(header.library().name());
        out.string(header.library().version());
        out.string(header.library().sha256());
        out.string(header.library().origin());
        out.string(header.strategies());
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(header.digestVersion());
        SpecCodec.write(out, header.spec());
        out.items("services", header.services().size(), MOST_ITEMS);
        for (ServiceRef service : header.services()) {
            out.string(service.name());
            out.string(service.version());
        }
        out.items("images", header.images().size(), MOST_ITEMS);
        for (ImageRef image : header.images()) {
            out.ensure(1);
            Codes.IMAGE_KIND.write(out, image.kind());
            out.string(image.name());
            out.ensure(PackedWriter.MAX_VARINT);
            out.varint(image.address());
            out.string(image.sha256());
            out.ensure(PackedWriter.MAX_VARINT);
            out.varint(image.size());
        }
        out.items("devices", header.devices().size(), MOST_ITEMS);
        for (DeviceRef device : header.devices()) {
            out.string(device.name());
            out.string(device.version());
            out.ensure(2 * PackedWriter.MAX_VARINT);
            out.varint(device.base());
            out.varint(device.size());
        }
        out.ensure(TRAILER);
        out.i32(crc(out.buffer(), out.length()));
        return out.toArray();
    }

    private static void writeKinds(PackedWriter out, List<RecordKind> kinds) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(kinds.size());
        for (RecordKind kind : kinds) {
            out.string(kind.id());
            out.ensure(PackedWriter.MAX_VARINT);
            out.varint(kind.version());
        }
    }

    private static void readKinds(PackedReader in) {
        for (int left = in.count("the number of kinds of record", in.remaining()); left > 0; left--) {
            RecordKind.requireKnown(in.string(), in.count("a kind's version", Integer.MAX_VALUE));
        }
    }

    /// Decodes a header.
    ///
    /// @throws CodecException if the bytes are not a header, are damaged, or have another format version
    public static RecordingHeader decode(byte[] bytes) {
        PackedReader start = new PackedReader(bytes, 0, bytes.length);
        if (start.remaining() < 8 + TRAILER || start.i32() != MAGIC) {
            throw new CodecException("the header is missing");
        }
        int version = start.i32();
        if (!JournalFormat.isRead(version)) {
            throw new CodecException("the header is of format version " + Integer.toUnsignedString(version)
                    + ", and this is a reader of " + JournalFormat.READ);
        }
        int end = bytes.length - TRAILER;
        if (new PackedReader(bytes, end, bytes.length).i32() != crc(bytes, end)) {
            throw new CodecException("the header's checksum is wrong");
        }
        PackedReader in = new PackedReader(bytes, start.at(), end);
        try {
            RecordingHeader header = read(in);
            if (!in.isAtEnd()) {
                throw new CodecException("the header has more bytes than it should");
            }
            return header;
        } catch (IllegalArgumentException e) {
            throw new CodecException("the header describes an impossible machine: " + e.getMessage(), e);
        }
    }

    private static RecordingHeader read(PackedReader in) {
        readKinds(in);
        String recordingId = in.string();
        String createdBy = in.string();
        EngineLibrary library = new EngineLibrary(in.string(), in.string(), in.string(), in.string());
        String strategies = in.string();
        int digestVersion = in.count("the digest's version", Integer.MAX_VALUE);
        MachineSpec spec = SpecCodec.read(in);
        List<ServiceRef> services = new ArrayList<>();
        for (int left = in.items("the number of services", MOST_ITEMS); left > 0; left--) {
            services.add(new ServiceRef(in.string(), in.string()));
        }
        List<ImageRef> images = new ArrayList<>();
        for (int left = in.items("the number of images", MOST_ITEMS); left > 0; left--) {
            images.add(new ImageRef(Codes.IMAGE_KIND.read(in), in.string(), in.varint(), in.string(), in.varint()));
        }
        List<DeviceRef> devices = new ArrayList<>();
        for (int left = in.items("the number of devices", MOST_ITEMS); left > 0; left--) {
            devices.add(new DeviceRef(in.string(), in.string(), in.varint(), in.varint()));
        }
        return new RecordingHeader(
                recordingId, createdBy, library, strategies, digestVersion, spec, services, images, devices);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(Arrays.copyOf(bytes, length));
        return (int) crc.getValue();
    }
}
