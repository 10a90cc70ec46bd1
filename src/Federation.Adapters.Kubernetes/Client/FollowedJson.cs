using System.Text.Json.Serialization;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Client;

// What is followed is kept by the thousand, and says mostly the same.
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(SharedText)])]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(ObjectList<Pod>), TypeInfoPropertyName = "PodList")]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(ObjectList<Node>), TypeInfoPropertyName = "NodeList")]
[JsonSerializable(typeof(NamespaceObject))]
[JsonSerializable(typeof(ObjectList<NamespaceObject>), TypeInfoPropertyName = "NamespaceList")]
[JsonSerializable(typeof(ServiceObject))]
[JsonSerializable(typeof(ObjectList<ServiceObject>), TypeInfoPropertyName = "ServiceList")]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(ObjectList<EndpointSlice>), TypeInfoPropertyName = "EndpointSliceList")]
[JsonSerializable(typeof(EventObject))]
[JsonSerializable(typeof(ObjectList<EventObject>), TypeInfoPropertyName = "EventList")]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(ObjectList<Job>), TypeInfoPropertyName = "JobList")]
[JsonSerializable(typeof(ReplicatedObject))]
[JsonSerializable(typeof(ObjectList<ReplicatedObject>), TypeInfoPropertyName = "ReplicatedList")]
internal sealed partial class FollowedJson : JsonSerializerContext;
