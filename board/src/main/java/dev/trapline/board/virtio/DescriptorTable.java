package dev.trapline.board.virtio;

/// A table of descriptors in the guest's RAM (VIRTIO 1.2 §2.7.5).
///
/// @param name for messages
/// @param address guest physical address of its first descriptor
/// @param size the number of its descriptors
record DescriptorTable(GuestAccess memory, String name, long address, int size) {

    static final int DESCRIPTOR_SIZE = 16;

    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;

    /// The most bytes in the buffers of a chain (§2.7.5.2).
    private static final long MOST_BYTES = 1L << 32;

    private record Descriptor(long address, long length, int flags, int next) {
        boolean is(int flag) {
            return (flags & flag) != 0;
        }
    }

    /// What was read of a chain.
    private static final class Walk {
        final Buffers readable = new Buffers();
        final Buffers writable = new Buffers();
        private final int mostDescriptors;
        private int descriptors;
        private boolean writing;

        Walk(int mostDescriptors) {
            this.mostDescriptors = mostDescriptors;
        }

        void count(String table) throws QueueFault {
            if (++descriptors > mostDescriptors) {
                throw new QueueFault(
                        "%s has a chain of more than %d descriptors, or a loop".formatted(table, mostDescriptors));
            }
        }

        void add(String table, int index, Descriptor descriptor) throws QueueFault {
            if (descriptor.is(WRITE)) {
                writing = true;
                writable.add(descriptor.address(), descriptor.length());
            } else if (writing) {
                throw new QueueFault(
                        "descriptor %d of %s is readable, but follows a writable one".formatted(index, table));
            } else {
                readable.add(descriptor.address(), descriptor.length());
            }
            if (readable.left() + writable.left() > MOST_BYTES) {
                throw new QueueFault("%s has a chain of more than 0x%x bytes".formatted(table, MOST_BYTES));
            }
        }
    }

    /// Reads a chain, and checks all of it.
    ///
    /// @param head the index of its first descriptor: any number
    /// @param mostDescriptors the most that it may have
    /// @param indirect whether its last descriptor may refer to a table with more (§2.7.5.3)
    Chain chain(int head, int mostDescriptors, boolean indirect) throws QueueFault {
        Walk walk = new Walk(mostDescriptors);
        walk(walk, head, indirect);
        return new Chain(memory, head, walk.readable, walk.writable);
    }

    private void walk(Walk walk, int first, boolean indirect) throws QueueFault {
        int index = first;
        while (true) {
            walk.count(name);
            Descriptor descriptor = descriptor(index);
            if (descriptor.is(INDIRECT)) {
                if (!indirect) {
                    throw wrong(index, "refers to a table, which is not allowed here");
                }
                table(index, descriptor).walk(walk, 0, false);
                return;
            }
            if (!memory.contains(descriptor.address(), descriptor.length())) {
                throw wrong(
                        index,
                        "has a buffer that is not in RAM: 0x%x bytes at 0x%x"
                                .formatted(descriptor.length(), descriptor.address()));
            }
            walk.add(name, index, descriptor);
            if (!descriptor.is(NEXT)) {
                return;
            }
            index = descriptor.next();
        }
    }

    private DescriptorTable table(int index, Descriptor descriptor) throws QueueFault {
        if (descriptor.is(NEXT)) {
            throw wrong(index, "refers to a table, and to a next descriptor");
        }
        if (descriptor.length() == 0 || descriptor.length() % DESCRIPTOR_SIZE != 0) {
            throw wrong(
                    index, "refers to a table of " + descriptor.length() + " bytes, which are not whole descriptors");
        }
        String table = "the table of descriptor " + index + " of " + name;
        memory.require(table, descriptor.address(), descriptor.length());
        return new DescriptorTable(memory, table, descriptor.address(), (int) (descriptor.length() / DESCRIPTOR_SIZE));
    }

    private Descriptor descriptor(int index) throws QueueFault {
        if (index >= size) {
            throw wrong(index, "does not exist: the table has " + size);
        }
        byte[] bytes = new byte[DESCRIPTOR_SIZE];
        memory.read(name, address + (long) index * DESCRIPTOR_SIZE, bytes, 0, DESCRIPTOR_SIZE);
        return new Descriptor(
                LittleEndian.doubleWord(bytes, 0),
                Integer.toUnsignedLong(LittleEndian.word(bytes, 8)),
                LittleEndian.half(bytes, 12),
                LittleEndian.half(bytes, 14));
    }

    private QueueFault wrong(int index, String what) {
        return new QueueFault("descriptor " + index + " of " + name + " " + what);
    }
}
