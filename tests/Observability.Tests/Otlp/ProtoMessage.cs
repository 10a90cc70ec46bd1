using System.Text;
using Google.Protobuf;

namespace Observability.Tests.Otlp;

/// <summary>The fields of a protobuf message whose schema is known to the reader alone (https://protobuf.dev/programming-guides/encoding/).</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, object Value)> _fields = [];

    public ProtoMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            object value = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new InvalidDataException($"wire type {other}"),
            };
            _fields.Add((WireFormat.GetTagFieldNumber(tag), value));
        }
    }

    public IEnumerable<ProtoMessage> Messages(int field) => All<byte[]>(field).Select(bytes => new ProtoMessage(bytes));

    public ulong Number(int field) => All<ulong>(field).FirstOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    private byte[] Bytes(int field) => All<byte[]>(field).FirstOrDefault() ?? [];

    private IEnumerable<T> All<T>(int field) => _fields.Where(item => item.Field == field).Select(item => (T)item.Value);
}
