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
[JsonSerializable(typeof(Scale))]
[JsonSerializable(typeof(AccessReview))]
[JsonSerializable(typeof(ServerVersion))]
[JsonSerializable(typeof(ApiGroupList))]
[JsonSerializable(typeof(ApiResourceList))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
