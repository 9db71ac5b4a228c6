package dev.trapline.timeline.checkpoint;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.engine.MemoryMap;
import dev.trapline.abi.policy.Policy;
import dev.trapline.journal.codec.CodecException;
import dev.trapline.journal.codec.PackedReader;
import dev.trapline.journal.codec.PackedWriter;
import dev.trapline.journal.codec.PolicyCodec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A checkpoint as bytes, without its pages' content. Equal machines give equal bytes.
///
/// The policy and the place in the history are a recording's, and so written as recordings write them; the states were
/// bytes before they came here ([dev.trapline.abi.state]).
///
/// ```text
///  varint slice
///  machine: bytes
///  varint count, services: bytes
///  policy in force, see PolicyCodec
///  place in the history: varint segment, u64 its digest, varint records
///  RAM, then flash: varint count, for each page: varint pages since the one before, 32 bytes SHA-256
/// ```
public final class CheckpointCodec {

    /// Goes up with every change of this layout, of the file's that it is kept in, and of what the bytes of states
    /// mean.
    public static final int VERSION = 8;

    private static final int HASH_BYTES = 32;
    private static final HexFormat HEX = HexFormat.of();

    private CheckpointCodec() {}

    /// The bytes.
    public static byte[] encode(CheckpointImage image) {
        PackedWriter out = new PackedWriter(1 << 16);
        out.varint(image.slice());
        out.bytes(image.machine().toArray());
        bytes(out, image.services());
        PolicyCodec.write(out, image.policy());
        out.ensure(2 * PackedWriter.MAX_VARINT + Long.BYTES);
        out.varint(image.place().segment());
        out.i64(image.place().digest());
        out.varint(image.place().records());
        pages(out, image.ram());
        pages(out, image.flash());
        return out.toArray();
    }

    /// The SHA-256 of the bytes, in hexadecimal: equal for equal machines, their memory included, and for no
    /// others.
    public static String hash(CheckpointImage image) {
        return Bytes.copyOf(encode(image)).sha256();
    }

    private static void bytes(PackedWriter out, List<Bytes> all) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(all.size());
        all.forEach(each -> out.bytes(each.toArray()));
    }

    private static void pages(PackedWriter out, SortedMap<Long, String> pages) {
        out.ensure(PackedWriter.MAX_VARINT);
        out.varint(pages.size());
        long before = 0;
        for (var page : pages.entrySet()) {
            long number = page.getKey() / MemoryMap.PAGE;
            out.ensure(HASH_BYTES + PackedWriter.MAX_VARINT);
            out.varint(number - before);
            before = number;
            for (byte part : HEX.parseHex(page.getValue())) {
                out.u8(part);
            }
        }
    }

    /// Decodes a checkpoint.
    ///
    /// @throws CodecException if the bytes are not a checkpoint of this version
    public static CheckpointImage decode(byte[] bytes) {
        PackedReader in = new PackedReader(bytes, 0, bytes.length);
        long slice = in.varint();
        Bytes machine = Bytes.copyOf(in.bytes());
        List<Bytes> services = bytes(in);
        Policy policy = PolicyCodec.read(in);
        CheckpointImage.Place place =
                new CheckpointImage.Place(in.varint(), in.i64(), in.count("the number of records", Integer.MAX_VALUE));
        CheckpointImage image = new CheckpointImage(slice, machine, services, policy, pages(in), pages(in), place);
        if (!in.isAtEnd()) {
            throw new CodecException("there is data after a checkpoint");
        }
        return image;
    }

    private static List<Bytes> bytes(PackedReader in) {
        List<Bytes> all = new ArrayList<>();
        for (int left = in.count("a count", in.remaining()); left > 0; left--) {
            all.add(Bytes.copyOf(in.bytes()));
        }
        return all;
    }

    private static SortedMap<Long, String> pages(PackedReader in) {
        SortedMap<Long, String> pages = new TreeMap<>();
        long number = 0;
        for (int left = in.count("the number of pages", in.remaining() / HASH_BYTES); left > 0; left--) {
            number += in.varint();
            byte[] hash = new byte[HASH_BYTES];
            for (int k = 0; k < hash.length; k++) {
                hash[k] = (byte) in.u8();
            }
            pages.put(number * MemoryMap.PAGE, HEX.formatHex(hash));
        }
        return pages;
    }
}
