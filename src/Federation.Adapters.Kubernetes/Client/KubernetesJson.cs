using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Federation.Adapters.Kubernetes.Client.Connecting;
using Federation.Adapters.Kubernetes.Client.Errors;
using Federation.Adapters.Kubernetes.Client.Resources;

namespace Federation.Adapters.Kubernetes.Client;

// What is null in an answer is as if it were absent, and null is never sent: in an apply it would store an empty value.
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ExecCredential))]
[JsonSerializable(typeof(Bookmark))]
[JsonSerializable(typeof(Bare))]
[JsonSerializable(typeof(ObjectList<Bare>), TypeInfoPropertyName = "BareList")]
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
[JsonSerializable(typeof(Scale))]
[JsonSerializable(typeof(AccessReview))]
[JsonSerializable(typeof(ServerVersion))]
[JsonSerializable(typeof(ApiGroupList))]
[JsonSerializable(typeof(ApiResourceList))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
