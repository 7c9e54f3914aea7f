// SPDX-License-Identifier: Apache-2.0
#include "portsweep/net/services.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "portsweep/net/port_set.h"

namespace portsweep {
namespace {

struct Row {
  std::uint16_t port;
  std::string_view name;
  std::string_view aliases = {};  // separated by single spaces
};

// Likeliest open first. To add a port, put it where you would look for it. Each port stands once; a name that several
// ports share means the first of them. A port without a name is here for its rank only.
// clang-format off
constexpr Row kServices[] = {
    // What nearly every network has.
    {80, "http", "www www-http"}, {443, "https"}, {22, "ssh"}, {21, "ftp"}, {25, "smtp", "mail"}, {23, "telnet"},
    {3389, "ms-wbt-server", "rdp"}, {445, "microsoft-ds", "smb cifs"}, {139, "netbios-ssn", "netbios"},
    {135, "epmap", "msrpc"}, {53, "domain", "dns"}, {8080, "http-alt", "http-proxy webcache"}, {110, "pop3", "pop-3"},
    {143, "imap", "imap2"}, {993, "imaps"}, {995, "pop3s"}, {587, "submission"}, {465, "submissions", "smtps urd"},
    {8443, "pcsync-https", "https-alt"}, {3306, "mysql", "mariadb"}, {5432, "postgresql", "postgres"},
    {1433, "ms-sql-s", "mssql"}, {1521, "ncube-lm", "oracle"}, {6379, "redis"}, {27017, "mongodb", "mongo"},
    {9200, "wap-wsp", "elasticsearch"}, {5900, "rfb", "vnc"}, {111, "sunrpc", "portmapper rpcbind"}, {2049, "nfs"},
    {389, "ldap"}, {636, "ldaps"}, {88, "kerberos", "kerberos-sec krb5"}, {5985, "wsman", "winrm"},
    {5986, "wsmans", "winrms"}, {8000, "irdmi"}, {8888, "ddi-tcp-1", "jupyter"},
    {9090, "websm", "prometheus cockpit"}, {3000, "hbci", "grafana"}, {5000, "commplex-main", "docker-registry"},
    {5601, "esmagent", "kibana"}, {9100, "pdl-datastream", "jetdirect hp-pdl-datastr"}, {515, "printer", "lpd"},
    {631, "ipp", "cups"}, {554, "rtsp"}, {1883, "mqtt"}, {8883, "secure-mqtt", "mqtts"}, {5060, "sip"},
    {5061, "sips"}, {2375, "docker"}, {2376, "docker-s"}, {6443, "sun-sr-https", "kubernetes kube-apiserver"},
    {10250, "kubelet"}, {2379, "etcd-client", "etcd"}, {2380, "etcd-server"}, {9092, "xmlipcregsvc", "kafka"},
    {5672, "amqp", "rabbitmq"}, {15672, "rabbitmq-management"}, {11211, "memcache", "memcached"}, {179, "bgp"},
    {8006, "wpl-analytics", "proxmox"}, {8291, "winbox"}, {1723, "pptp"}, {8081, "sunproxyadmin"}, {8008, "http-alt"},
    {81, ""}, {873, "rsync"}, {990, "ftps"}, {548, "afpovertcp", "afp"}, {3268, "msft-gc", "globalcat"},
    {3269, "msft-gc-ssl", "globalcats"}, {464, "kpasswd", "kpasswd5"}, {593, "http-rpc-epmap"}, {9389, "adws"},
    {5357, "wsdapi"}, {7680, "pando-pub", "wudo"}, {49152, ""}, {49153, ""}, {49154, ""}, {49155, ""}, {49664, ""},
    {49665, ""}, {49666, ""}, {49667, ""}, {3128, "ndl-aas", "squid squid-http"}, {1080, "socks"},
    {9000, "cslistener", "php-fpm"}, {9443, "tungsten-https"}, {8181, "intermapper"}, {5001, "commplex-link"},
    {8088, "radan-http", "hec"}, {4443, "pharos"}, {10000, "ndmp", "webmin"}, {7000, "afs3-fileserver"},
    {7001, "afs3-callback", "weblogic"}, {9093, "copycat", "alertmanager"},
    {9300, "vrace", "elasticsearch-transport"}, {2222, "ethernet-ip-1", "ssh-alt"}, {2181, "eforward", "zookeeper"},
    {4444, "krb524"},
    // Directory, mail, login and file services.
    {113, "auth", "ident"}, {79, "finger"}, {119, "nntp"}, {563, "nntps"}, {24, "lmtp"},
    {4190, "sieve", "managesieve"}, {220, "imap3"}, {2525, "ms-v-worlds", "smtp-alt"}, {20, "ftp-data"}, {69, "tftp"},
    {115, "sftp"}, {989, "ftps-data"}, {512, "exec", "rexec"}, {513, "login", "rlogin"}, {514, "shell", "rsh"},
    {543, "klogin"}, {544, "kshell"}, {749, "kerberos-adm"}, {750, "kerberos-iv"}, {992, "telnets"}, {37, "time"},
    {7, "echo"}, {9, "discard"}, {13, "daytime"}, {17, "qotd"}, {19, "chargen"}, {11, "systat"}, {15, "netstat"},
    {43, "nicname", "whois"}, {49, "tacacs"}, {70, "gopher"}, {42, "nameserver", "wins"}, {102, "iso-tsap", "s7comm"},
    {137, "netbios-ns"}, {138, "netbios-dgm"}, {161, "snmp"}, {162, "snmptrap"}, {194, "irc"}, {199, "smux"},
    {264, "bgmp"}, {427, "svrloc", "slp"}, {444, "snpp"}, {502, "mbap", "modbus"}, {540, "uucp"},
    {546, "dhcpv6-client"}, {547, "dhcpv6-server"}, {591, "http-alt", "filemaker"}, {601, "syslog-conn"},
    {6514, "syslog-tls"}, {623, "oob-ws-http", "asf-rmcp"}, {664, "oob-ws-https"}, {646, "ldp"},
    {777, "multiling-http"}, {783, "spamd"}, {800, "mdbs-daemon"}, {808, "ccproxy-http"},
    {830, "netconf-ssh", "netconf"}, {853, "domain-s", "dns-over-tls dot"}, {888, "accessbuilder"},
    {902, "ideafarm-door", "vmware-auth"}, {953, "rndc"}, {994, "ircs"},
    // Web servers and their consoles on other ports.
    {82, "xfer"}, {83, "mit-ml-dev"}, {84, "ctf"}, {8001, "vcom-tunnel"}, {8002, "teradataordbms"},
    {8005, "mxi", "tomcat-shutdown"}, {8009, "nvme-disc", "ajp13 ajp"}, {8042, "fs-agent"}, {8082, "us-cli"},
    {8083, "us-srv"}, {8084, "websnp"}, {8085, ""}, {8086, "d-s-n", "influxdb"}, {8087, "simplifymedia"},
    {8089, "", "splunkd"}, {8090, "opsmessaging", "confluence"}, {8091, "jamlink", "couchbase"},
    {8096, "", "jellyfin"}, {8123, "", "home-assistant"}, {8140, "puppet"}, {8161, "patrol-snmp", "activemq-console"},
    {8180, ""}, {8200, "trivnet1", "vault"}, {8222, "", "nats-monitor"}, {8300, "tmi", "consul-rpc"},
    {8333, "bitcoin"}, {8400, "cvd"}, {8404, "svcloud", "haproxy-stats"}, {8444, "pcsync-http"},
    {8500, "fmtp", "consul"}, {8530, "wsus"}, {8545, "ethereum-rpc"}, {8728, "mikrotik-api"},
    {8729, "mikrotik-api-ssl"}, {8834, "nessus"}, {8880, "cddbp-alt"}, {8983, "solr"},
    {9001, "etlservicemgr", "tor-orport"}, {9042, "cassandra"}, {9043, "websphere-console-ssl"},
    {9060, "websphere-console"}, {9080, "glrpc"}, {9091, "xmltec-xmlmail", "transmission"}, {9094, "kafka-ssl"},
    {9115, "blackbox-exporter"}, {9187, "postgres-exporter"}, {9150, "tor-socks"}, {9050, "versiera"},
    {9201, "wap-wsp-wtp"}, {9418, "git"}, {9600, "micromuse-ncpw", "logstash"}, {9999, "distinct"},
    {9981, "pvsw-inet", "tvheadend"}, {10001, "scp-config", "ubiquiti"}, {10050, "zabbix-agent"},
    {10051, "zabbix-trapper"}, {10255, "kubelet-readonly"}, {10256, "kube-proxy-health"},
    {10257, "kube-controller-manager"}, {10259, "kube-scheduler"}, {10443, "cirrossp"}, {16992, "amt-soap-http"},
    {16993, "amt-soap-https"}, {18080, ""}, {3001, "origo-native"}, {3100, "opcon-xps", "loki"}, {4000, "terabase"},
    {4040, "yo-main"}, {4200, "vrml-multi-use"}, {4848, "appserv-http", "glassfish"}, {5002, "rfe"},
    {5004, "avt-profile-1"}, {5005, "avt-profile-2", "jdwp"}, {5050, "mmcc"}, {5080, "onscreen"}, {5443, "spss"},
    {5555, "personal-agent", "adb"}, {5800, "vnc-http"}, {6000, "x11"}, {6001, "x11"}, {6006, "x11", "tensorboard"},
    {7070, "arcp"}, {7077, "spark"}, {7080, "empowerid"}, {7443, "oracleas-https"}, {7474, "neo4j"}, {7687, "bolt"},
    {7547, "cwmp"}, {7777, "cbt"}, {32400, "plex"}, {50000, "db2c-tls", "db2"}, {50070, "hdfs-namenode"},
    // Databases, queues and clusters.
    {1434, "ms-sql-m"}, {1522, "rna-lm"}, {1526, "pdap-np"}, {1527, "tlisrv", "derby"}, {1830, "net8-cman"},
    {2483, "ttc"}, {2484, "ttc-ssl"}, {3050, "gds-db", "firebird"}, {3307, "opsession-prxy"}, {33060, "mysqlx"},
    {5433, "pyrrho"}, {6432, "pgbouncer"}, {5984, "couchdb"}, {6984, "couchdb-ssl"}, {6380, "redis-tls"},
    {16379, "redis-cluster"}, {26379, "redis-sentinel"}, {27018, "mongodb-shard"}, {27019, "mongodb-config"},
    {28017, "mongodb-http"}, {7199, "cassandra-jmx"}, {8529, "arangodb"}, {26257, "cockroachdb"},
    {28015, "rethinkdb"}, {9440, "clickhouse-tls"}, {4369, "epmd"}, {25672, "rabbitmq-distribution"}, {5671, "amqps"},
    {61613, "stomp"}, {61616, "activemq"}, {4222, "nats"}, {6650, "pulsar"}, {1414, "ibm-mqseries", "mq"},
    {2888, "zookeeper-peer"}, {3888, "ciphire-serv"}, {4646, "nomad"}, {7946, "swarm-gossip"}, {2377, "swarm"},
    {6783, "weave"}, {50051, "grpc"}, {4789, "vxlan"}, {6789, "smc-https", "ceph-mon"}, {3300, "ceph"},
    {24007, "gluster"}, {3260, "iscsi-target"}, {2003, "graphite"}, {2004, "mailbox"}, {4242, "opentsdb"},
    {8125, "statsd"}, {4317, "otlp-grpc"}, {4318, "otlp-http"}, {14250, "jaeger-grpc"}, {16686, "jaeger"},
    {9411, "zipkin"}, {5044, "lxi-evntsvc", "beats"}, {12201, "gelf"}, {24224, "fluentd"}, {5665, "icinga"},
    {5666, "nrpe"}, {5667, "nsca"}, {5693, "rbsystem"}, {6556, "checkmk-agent"}, {4949, "munin"},
    {4505, "salt-publish"}, {4506, "salt-request"}, {8139, "puppet-agent"}, {50075, "hdfs-datanode"},
    {1099, "rmiregistry", "rmi"}, {1098, "rmiactivation"}, {4447, "n1-rmgmt"}, {9990, "osm-appsrvr", "wildfly"},
    // Remote access, tunnels and proxies.
    {5901, "vnc-1"}, {5902, "vnc-2"}, {5903, "vnc-3"}, {3390, "dsc"}, {3388, "cbserver"},
    {4899, "radmin-port", "radmin"}, {5631, "pcanywheredata"}, {5938, "teamviewer"}, {7071, "iwg1", "anydesk"},
    {1194, "openvpn"}, {1701, "l2f", "l2tp"}, {1494, "ica", "citrix"}, {2598, "citriximaclient"}, {4022, "dnox"},
    {2200, "ici"}, {1024, ""}, {1025, "blackjack"}, {1026, "cap"}, {1027, ""}, {1029, "solid-mux"},
    {1720, "h323hostcall", "h323"}, {2000, "cisco-sccp", "sccp"}, {2001, "dc"}, {1935, "macromedia-fcs", "rtmp"},
    {8554, "rtsp-alt"}, {37777, "dahua"}, {34567, "dvr-xmeye"}, {1900, "ssdp"}, {5431, "park-agent"}, {49668, ""},
    {49669, ""}, {49670, ""}, {49156, ""}, {49157, ""}, {2869, "icslap"}, {5358, "wsdapi-s"}, {3702, "ws-discovery"},
    {5222, "xmpp-client", "xmpp"}, {5223, "hpvirtgrp", "xmpp-client-ssl"}, {5269, "xmpp-server"}, {5280, "xmpp-bosh"},
    {6667, "ircu"}, {6697, "ircs-u"}, {3478, "stun", "turn"}, {5349, "stuns", "turns"}, {8448, "matrix"},
    {64738, "murmur", "mumble"}, {25565, "minecraft"}, {27015, "steam", "source-engine"}, {30000, "ndmps"},
    {3689, "daap"}, {6881, "bittorrent"}, {51413, "bittorrent-transmission"}, {3690, "svn"}, {2401, "cvspserver"},
    {3632, "distcc"}, {1688, "nsjtp-data", "kms"}, {2947, "gpsd"}, {6566, "sane-port"}, {9101, "bacula-dir"},
    {9102, "bacula-fd"}, {9103, "bacula-sd"}, {13720, "netbackup"}, {6101, "synchronet-rtc"}, {6106, "mpsserver"},
    {9392, "openvas"}, {3493, "nut"}, {3551, "apcupsd"},
    // Buildings and plants.
    {44818, "ethernet-ip-2", "enip"}, {20000, "dnp"}, {4840, "opcua-tcp", "opc-ua"}, {1911, "mtp", "niagara-fox"},
    {2404, "iec-104"}, {789, "red-lion"}, {20547, "proconos"}, {5094, "hart-ip"}, {5683, "coap"}, {5684, "coaps"},
    {5006, "wsm-server", "melsec-q"}, {48898, "tc-ads"}, {8060, "aero", "roku"}, {62078, "iphone-sync"},
};
// clang-format on

constexpr std::size_t kCount = std::size(kServices);

// Positions in kServices, by port: made by the compiler.
constexpr std::array<std::uint16_t, kCount> kByPort = [] {
  std::array<std::uint16_t, kCount> rows{};
  for (std::size_t i = 0; i < kCount; ++i) rows[i] = static_cast<std::uint16_t>(i);
  std::sort(rows.begin(), rows.end(), [](auto a, auto b) { return kServices[a].port < kServices[b].port; });
  return rows;
}();

// Calls visit(name) for the name and each alias of a row.
template <class Visit>
void each_name(const Row& row, const Visit& visit) {
  if (!row.name.empty()) visit(row.name);
  for (std::string_view rest = row.aliases; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    visit(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

constexpr std::size_t kLongestName = 32;

// Levenshtein distance of two names of at most kLongestName bytes.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, kLongestName + 1> row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::vector<Port> rank_all() {
  std::vector<Port> ports;
  ports.reserve(Port::kMax);
  PortSet others = PortSet::all();
  PortSet listed;
  for (const Row& row : kServices) {
    ports.emplace_back(row.port);
    listed.add(Port(row.port));
  }
  others.remove(listed);
  const std::vector<Port> rest = others.to_vector();
  ports.insert(ports.end(), rest.begin(), rest.end());
  return ports;
}

}  // namespace

std::string_view service_name(Port port) {
  const auto found = std::lower_bound(kByPort.begin(), kByPort.end(), port.number(),
                                      [](auto row, std::uint16_t number) { return kServices[row].port < number; });
  if (found == kByPort.end() || kServices[*found].port != port.number()) return {};
  return kServices[*found].name;
}

std::optional<Port> service_port(std::string_view name) {
  for (const Row& row : kServices) {
    bool found = false;
    each_name(row, [&](std::string_view known) { found = found || known == name; });
    if (found) return Port(row.port);
  }
  return std::nullopt;
}

std::span<const Port> ports_by_rank() {
  static const std::vector<Port> ranked = rank_all();
  return ranked;
}

std::vector<Port> most_popular(std::span<const Port> ports, std::size_t limit) {
  PortSet wanted;
  for (const Port port : ports) wanted.add(port);
  limit = std::min(limit, wanted.size());
  std::vector<Port> popular;
  popular.reserve(limit);
  for (const Port port : ports_by_rank()) {
    if (popular.size() == limit) break;
    if (wanted.contains(port)) popular.push_back(port);
  }
  return popular;
}

std::vector<std::string_view> similar_services(std::string_view name) {
  constexpr std::size_t kMost = 3;
  if (name.empty() || name.size() > kLongestName) return {};
  // Of a name of three letters, two wrong ones leave nothing to go by.
  const std::size_t furthest = name.size() <= 3 ? 1 : 2;
  std::array<std::vector<std::string_view>, 3> by_distance;
  for (const Row& row : kServices) {
    each_name(row, [&](std::string_view known) {
      const std::size_t distance = edit_distance(name, known);
      if (distance <= furthest) by_distance[distance].push_back(known);
    });
  }
  std::vector<std::string_view> similar;
  for (const auto& names : by_distance) {
    for (const std::string_view known : names) {
      if (similar.size() < kMost && std::find(similar.begin(), similar.end(), known) == similar.end()) {
        similar.push_back(known);
      }
    }
  }
  return similar;
}

}  // namespace portsweep
