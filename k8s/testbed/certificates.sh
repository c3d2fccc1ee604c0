# Certificates of the testbed and the files that clients log in with. Read by start-cluster.sh.

pki=$state/pki

# make_certificate NAME SUBJECT [ALTERNATIVE NAMES]
make_certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$2" \
    -keyout "$pki/$1.key" -out "$pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 365 -out "$pki/$1.crt" \
    -extfile <(printf 'extendedKeyUsage=serverAuth,clientAuth\n%s' "${3:+subjectAltName=$3}") 2>/dev/null
}

make_certificates() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=testbed-ca \
    -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>/dev/null
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$pki/accounts.key" 2>/dev/null
  openssl pkey -in "$pki/accounts.key" -pubout -out "$pki/accounts.pub"
  local names=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:localhost
  # The first address of the service network is that of the API server itself.
  make_certificate apiserver /CN=kube-apiserver "$names,IP:127.0.0.1,IP:$node_address,IP:${service_network%0/*}1"
  make_certificate admin /O=system:masters/CN=admin
  make_certificate kubelet "/O=system:nodes/CN=system:node:$node_name" "DNS:$node_name,IP:$node_address"
  make_certificate front-proxy /CN=front-proxy
}

# write_kubeconfig FILE CERTIFICATE
write_kubeconfig() {
  {
    "$bin/kube" kubectl --kubeconfig="$1" config set-cluster "$node_name" --server=https://127.0.0.1:6443 \
      --certificate-authority="$pki/ca.crt" --embed-certs
    "$bin/kube" kubectl --kubeconfig="$1" config set-credentials "$2" --client-certificate="$pki/$2.crt" \
      --client-key="$pki/$2.key" --embed-certs
    "$bin/kube" kubectl --kubeconfig="$1" config set-context "$node_name" --cluster="$node_name" --user="$2"
    "$bin/kube" kubectl --kubeconfig="$1" config use-context "$node_name"
  } >/dev/null
}
