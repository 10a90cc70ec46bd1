namespace Federation.Domain.Workloads;

/// <summary>What a port most likely speaks, where those who opened it did not say: the ingress and the mesh need to know. Pure.</summary>
public static class PortGuess
{
    // Ports of well-known services that speak something else.
    private static readonly HashSet<int> NotHttp =
    [
        20, 21, 22, 23, 25, 53, 88, 110, 111, 123, 135, 139, 143, 161, 162, 179, 389, 427, 443, 445, 465, 500, 514, 515, 520, 546, 547, 554, 587, 631, 636, 853, 873, 989, 990, 993, 995,
        1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 2049, 2181, 2222, 2375, 2376, 2377, 2379, 2380, 2888, 3128, 3260, 3268, 3269, 3306, 3307, 3389, 3478, 3888, 4222, 4369, 4433, 4443,
        4789, 5044, 5060, 5061, 5222, 5269, 5349, 5353, 5432, 5433, 5439, 5671, 5672, 5900, 5901, 6000, 6222, 6379, 6380, 6432, 6443, 6514, 6667, 6697, 7000, 7001, 7199, 7687, 7946, 8125, 8443, 8883,
        9042, 9092, 9093, 9094, 9142, 9160, 9300, 9418, 9443, 10000, 11211, 15432, 16379, 19530, 25565, 25672, 26257, 26379, 27017, 27018, 27019, 28015, 29015, 33060, 50000, 51820, 61613, 61616,
    ];

    private static readonly HashSet<int> Grpc = [50051, 4317];

    /// <summary>The guess, for a port of TCP.</summary>
    public static PortProtocol Of(int port) => Grpc.Contains(port) ? PortProtocol.Http2 : NotHttp.Contains(port) ? PortProtocol.Tcp : PortProtocol.Http;
}
